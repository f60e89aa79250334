using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Invocation;
using ActorBroker.CommandLine.Output;

namespace ActorBroker.CommandLine.Messages;

/// <summary>Shows messages, one after another: a line of what is known of it, its headers, its body.</summary>
/// <param name="context">The command that shows them.</param>
/// <param name="isPayloadOnly">Bodies only, as they are, a line end behind each.</param>
internal sealed class MessageView(CommandContext context, bool isPayloadOnly)
{
    private const string Indent = "  ";
    private static readonly string[] Properties =
        ["content_type", "content_encoding", "priority", "correlation_id", "reply_to", "expiration", "message_id", "timestamp", "type", "user_id", "app_id"];

    /// <summary>Shows a message of the API's form.</summary>
    public void Show(JsonObject message)
    {
        if (context.Result.IsJson)
        {
            context.Result.Json(message);
        }
        else if (isPayloadOnly)
        {
            ShowPayload(message);
        }
        else
        {
            ShowAll(message);
        }
    }

    private void ShowAll(JsonObject message)
    {
        var properties = message["properties"] as JsonObject ?? [];
        List<string> head = [];
        if (message["position"] is { } position)
        {
            head.Add($"#{position}");
        }

        if ((long?)message["written_at"] is { } written)
        {
            head.Add(Figures.Time(DateTimeOffset.FromUnixTimeMilliseconds(written)));
        }

        var exchange = (string?)message["exchange"];
        head.Add($"exchange={(exchange is { Length: > 0 } ? exchange : "(default)")}");
        head.Add($"key={(string?)message["routing_key"]}");
        head.Add($"{message["payload_bytes"]} bytes");
        head.AddRange((int?)properties["delivery_mode"] == 2 ? ["persistent"] : []);
        head.AddRange((string?)message["state"] is { } state and not "ready" ? [state] : []);
        head.AddRange((bool?)message["redelivered"] == true ? ["redelivered"] : []);
        head.AddRange(Properties.Where(properties.ContainsKey).Select(name => $"{name}={Column.TextOf(properties[name]!)}"));
        context.Console.Output.WriteLine(TextCell.OneLine(string.Join(' ', head)));
        if (properties["headers"] is JsonObject { Count: > 0 } headers)
        {
            context.Console.Output.WriteLine($"{Indent}headers {TextCell.OneLine(ResultWriter.JsonOf(headers))}");
        }

        var isText = (string?)message["payload_encoding"] == "string";
        var payload = (string?)message["payload"] ?? string.Empty;
        foreach (var line in isText ? payload.ReplaceLineEndings("\n").Split('\n') : [$"(base64) {payload}"])
        {
            context.Console.Output.WriteLine(Indent + TextCell.Lines(line));
        }
    }

    // Bytes for programs; a terminal is shown no control characters.
    private void ShowPayload(JsonObject message)
    {
        var payload = (string?)message["payload"] ?? string.Empty;
        var isText = (string?)message["payload_encoding"] == "string";
        if (isText || context.Console.Screen is not null)
        {
            context.Console.Output.WriteLine(context.Console.Screen is null ? payload : TextCell.Lines(payload));
            return;
        }

        var output = context.Console.OpenOutput();
        output.Write(Convert.FromBase64String(payload));
        output.Write(Encoding.UTF8.GetBytes(Environment.NewLine));
        output.Flush();
    }
}

using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Messages;

/// <summary><c>actorbroker publish</c>.</summary>
internal sealed class PublishCommand
{
    private const string DefaultExchange = "amq.default";

    // The API takes no more in one request, and base64 makes four bytes of three.
    private const long BodyMax = 7_000_000;

    private readonly Argument<string> _key = new("key") { Description = "Routing key; without --exchange the name of a queue." };
    private readonly Argument<string?> _payload = new("payload")
    {
        Description = "The body. Without it, it is what the input says, to its end.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _exchange = new("--exchange") { Description = "Exchange to publish to. [default: the default exchange]", HelpName = "NAME", DefaultValueFactory = static _ => DefaultExchange };
    private readonly Option<string?> _file = new("--file") { Description = "File with the body.", HelpName = "FILE" };
    private readonly Option<bool> _lines = new("--lines") { Description = "Each line, of the file or of the input, is a message." };
    private readonly Option<bool> _persistent = new("--persistent") { Description = "It outlives a restart, in a durable queue." };
    private readonly Option<string?> _contentType = new("--content-type") { Description = "Its content type.", HelpName = "TYPE" };
    private readonly Option<string[]> _headers = new("--header") { Description = "A header; may be repeated.", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> _properties = new("--property")
    {
        Description = "Another property, such as priority=5 or message_id=a1; may be repeated.",
        HelpName = "NAME=VALUE",
    };

    public static Command Create(CommandBuilder commands)
    {
        var given = new PublishCommand();
        return commands.Leaf(
            "publish", "Publish a message; fails when no queue takes it.", given.RunAsync,
            given._key, given._payload, given._exchange, given._file, given._lines, given._persistent, given._contentType, given._headers, given._properties,
            commands.VirtualHost);
    }

    private async Task RunAsync(CommandContext context)
    {
        if (context.Parsed.GetValue(_payload) is not null && (context.Value(_file) is not null || context.Value(_lines)))
        {
            throw new FormatException("a payload and --file or --lines exclude each other");
        }

        var path = ApiPath.Of("exchanges", context.VirtualHost, context.Value(_exchange) is { Length: > 0 } name ? name : DefaultExchange, "publish");
        var properties = PropertiesOf(context);
        var (published, routed) = (0L, 0L);
        await foreach (var body in BodiesAsync(context).ConfigureAwait(false))
        {
            var answer = await context.Api.PostAsync(path, MessageOf(body, context.Value(_key), properties), context.Ended).ConfigureAwait(false);
            published++;
            routed += (bool?)answer?["routed"] == true ? 1 : 0;
        }

        var isRouted = routed == published;
        if (context.Result.IsJson || isRouted)
        {
            context.Result.Done(published == 1 ? "1 message published" : $"{published} messages published", new JsonObject { ["published"] = published, ["routed"] = routed });
        }

        if (!isRouted)
        {
            throw new CommandFailedException($"no queue takes {(published == 1 ? "the message" : $"{published - routed} of {published} messages")}");
        }
    }

    private static JsonObject MessageOf(ReadOnlyMemory<byte> body, string key, JsonObject properties)
    {
        if (body.Length > BodyMax)
        {
            throw new CommandFailedException($"a message of {body.Length} bytes is too long for the management API, which takes {BodyMax}: publish it by AMQP");
        }

        var isText = Utf8.IsValid(body.Span);
        return new JsonObject
        {
            ["routing_key"] = key,
            ["properties"] = properties.DeepClone(),
            ["payload"] = isText ? Encoding.UTF8.GetString(body.Span) : Convert.ToBase64String(body.Span),
            ["payload_encoding"] = isText ? "string" : "base64",
        };
    }

    private JsonObject PropertiesOf(CommandContext context)
    {
        var properties = GivenPairs.ObjectOf(_properties.Name, context.Value(_properties));
        if (context.Value(_persistent))
        {
            properties["delivery_mode"] = 2;
        }

        properties.SetIfGiven("content_type", context.Value(_contentType));
        if (GivenPairs.ObjectOf(_headers.Name, context.Value(_headers)) is { Count: > 0 } headers)
        {
            properties["headers"] = headers;
        }

        return properties;
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> BodiesAsync(CommandContext context)
    {
        if (context.Parsed.GetValue(_payload) is { } payload)
        {
            yield return Encoding.UTF8.GetBytes(payload);
            yield break;
        }

        var from = context.Value(_file) is { } file ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read) : context.Console.OpenInput();
        await using (from.ConfigureAwait(false))
        {
            if (!context.Value(_lines))
            {
                yield return await ReadAsync(from, context.Ended).ConfigureAwait(false);
                yield break;
            }

            using var reader = new StreamReader(from, new UTF8Encoding(false, throwOnInvalidBytes: false));
            while (await reader.ReadLineAsync(context.Ended).ConfigureAwait(false) is { } line)
            {
                yield return Encoding.UTF8.GetBytes(line);
            }
        }
    }

    // One byte more than may be, so that a body that is too long is seen to be.
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream from, CancellationToken ended)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (body.Length <= BodyMax && await from.ReadAsync(buffer, ended).ConfigureAwait(false) is > 0 and var count)
        {
            body.Write(buffer, 0, count);
        }

        return body.ToArray();
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Messages;

/// <summary>A part of what a queue keeps, by position or by time.</summary>
internal sealed class HistoryRangeOptions
{
    private readonly Option<string> _from = new("--from")
    {
        Description = "Where to begin: first, a position, or a time such as 2026-01-31T12:00:00Z.",
        HelpName = "PLACE",
        DefaultValueFactory = static _ => "first",
    };

    private readonly Option<string?> _until = new("--until") { Description = "Where to end: a position, or a time; neither is included. [default: what is there now]", HelpName = "PLACE" };

    public Symbol[] Symbols => [_from, _until];

    /// <summary>Adds the range to a request.</summary>
    /// <exception cref="FormatException">An end of it is neither.</exception>
    public void AddTo(JsonObject body, CommandContext context)
    {
        var from = context.Value(_from)!;
        if (from == "first")
        {
            body["from"] = from;
        }
        else
        {
            var (isTime, start) = PlaceOf(_from.Name, from);
            body["from"] = isTime ? "time" : "position";
            body["start"] = start;
        }

        if (context.Value(_until) is { } until)
        {
            var (isTime, end) = PlaceOf(_until.Name, until);
            body[isTime ? "until_time" : "until_position"] = end;
        }
    }

    private static (bool IsTime, long Place) PlaceOf(string option, string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            return (false, position);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (true, time.ToUnixTimeMilliseconds())
            : throw new FormatException($"{option} {text}: expected a position, or a time such as 2026-01-31T12:00:00Z");
    }
}

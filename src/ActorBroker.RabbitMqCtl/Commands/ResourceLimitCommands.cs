using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>How much of its machine a node may take before publishers are stopped, until it starts again.</summary>
internal static partial class ResourceLimitCommands
{
    private const string Absolute = "absolute";
    private const string MemoryRelative = "mem_relative";
    private const string Memory = "vm_memory_high_watermark";
    private const string DiskFree = "disk_free_limit";

    // Those without a B are RabbitMQ's own.
    private static readonly Dictionary<string, long> Units = new(StringComparer.Ordinal)
    {
        [""] = 1, ["k"] = 1 << 10, ["kiB"] = 1 << 10, ["M"] = 1 << 20, ["MiB"] = 1 << 20, ["G"] = 1 << 30, ["GiB"] = 1 << 30,
        ["kB"] = 1_000, ["MB"] = 1_000_000, ["GB"] = 1_000_000_000,
    };

    public static IEnumerable<Command> All =>
    [
        new("set_vm_memory_high_watermark", HelpSection.Configuration, "set_vm_memory_high_watermark <fraction> | absolute <value>", "Sets the vm_memory_high_watermark setting")
        {
            Takes = (1, 2),
            Explanations =
            [
                ("<fraction>", "New limit as a fraction of total memory reported by the OS"),
                ("absolute <value>", "New limit as an absolute value with units, e.g. 1GB"),
            ],
            Check = static request => CheckMemory(request.Arguments),
            Banner = static request => request.Arguments is [Absolute, var value]
                ? $"Setting memory threshold on {request.Node} to {value} bytes ..."
                : $"Setting memory threshold on {request.Node} to {request.Arguments[0]} ...",
            Run = static request => SetAsync(
                request, Memory, request.Arguments is [Absolute, var value] ? AbsoluteOf(value) : RelativeOf(Fraction(request.Arguments[0])!.Value)),
        },
        new("set_disk_free_limit", HelpSection.Configuration, "set_disk_free_limit <disk_limit> | mem_relative <fraction>", "Sets the disk_free_limit setting")
        {
            Takes = (1, 2),
            Explanations =
            [
                ("<disk_limit>", "New limit as an absolute value with units, e.g. 1GB"),
                ("mem_relative <fraction>", "New limit as a fraction of total memory reported by the OS"),
            ],
            Check = static request => CheckDisk(request.Arguments),
            Banner = static request => request.Arguments is [MemoryRelative, var share]
                ? $"Setting disk free limit on {request.Node} to {share} times the total RAM ..."
                : $"Setting disk free limit on {request.Node} to {request.Arguments[0]} bytes ...",
            Run = static request => SetAsync(
                request, DiskFree, request.Arguments is [MemoryRelative, var share] ? RelativeOf(Fraction(share)!.Value) : AbsoluteOf(request.Arguments[0])),
        },
    ];

    private static void CheckMemory(IReadOnlyList<string> arguments)
    {
        switch (arguments)
        {
            case [Absolute]:
                throw new BadArgumentsException("not enough arguments.");
            case [Absolute, var value]:
                CheckAbsolute(value);
                break;
            case [_, _]:
                throw new BadArgumentsException("too many arguments.");
            default:
                if (Fraction(arguments[0]) is not { } share)
                {
                    throw BadArgument();
                }

                if (share is < 0 or > 1)
                {
                    throw BadArgumentsException.BadArgument("The threshold should be a fraction between 0.0 and 1.0");
                }

                break;
        }
    }

    private static void CheckAbsolute(string value)
    {
        if (WholeNumber().Match(value) is not { Success: true } parts)
        {
            throw BadArgument();
        }

        if (!Units.ContainsKey(parts.Groups["rest"].Value))
        {
            throw BadArgumentsException.BadArgument(
                Number().Match(value).Groups["rest"].Value == parts.Groups["rest"].Value ? "Invalid units." : "The threshold should be an integer.");
        }

        if (BytesOf(value) is not > 0)
        {
            throw BadArgument();
        }
    }

    private static void CheckDisk(IReadOnlyList<string> arguments)
    {
        switch (arguments)
        {
            case [MemoryRelative]:
                throw new BadArgumentsException("not enough arguments.");
            case [MemoryRelative, var share]:
                if (Fraction(share) is not >= 0)
                {
                    throw BadArgument();
                }

                break;
            case [_, _]:
                throw new BadArgumentsException("too many arguments.");
            default:
                if (BytesOf(arguments[0]) is not >= 0)
                {
                    throw BadArgument();
                }

                break;
        }
    }

    private static BadArgumentsException BadArgument() => new("Bad argument.", ExitCodes.Data);

    // Null where it is none, or more than can be counted.
    private static long? BytesOf(string text) =>
        WholeNumber().Match(text) is { Success: true } parts
        && Units.TryGetValue(parts.Groups["rest"].Value, out var unit)
        && long.TryParse(parts.Groups["number"].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number <= long.MaxValue / unit && number >= long.MinValue / unit
            ? number * unit
            : null;

    private static double? Fraction(string text) =>
        Number().Match(text) is { Success: true } parts && parts.Groups["rest"].Length == 0
        && double.Parse(parts.Groups["number"].Value, CultureInfo.InvariantCulture) is var share && double.IsFinite(share)
            ? share
            : null;

    private static JsonObject AbsoluteOf(string value) => new() { ["absolute"] = BytesOf(value) };

    private static JsonObject RelativeOf(double share) => new() { ["relative"] = share };

    private static async Task<Outcome> SetAsync(Request request, string setting, JsonObject limit)
    {
        await request.Client.PutAsync(ApiPath.Of("nodes", request.BrokerNode, "resource-limits"), new JsonObject { [setting] = limit }, request.Ended).ConfigureAwait(false);
        return new Outcome.Done();
    }

    [GeneratedRegex(@"^(?<number>[+-]?[0-9]+)(?<rest>.*)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex WholeNumber();

    [GeneratedRegex(@"^(?<number>[+-]?[0-9]+(\.[0-9]+([eE][+-]?[0-9]+)?)?)(?<rest>.*)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}

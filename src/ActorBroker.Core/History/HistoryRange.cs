using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.History;

/// <summary>Where reading of a history starts.</summary>
public enum HistoryStart : byte
{
    /// <summary>With the oldest message.</summary>
    First = 0,

    /// <summary>So many positions before the end, as of the start.</summary>
    Last = 1,

    /// <summary>With this position, or the oldest one behind it that is there.</summary>
    Position = 2,

    /// <summary>With the first message written at or after this Unix time in milliseconds.</summary>
    Time = 3,
}

/// <summary>Which part of a history is read. It never goes beyond the end that the history has when reading starts.</summary>
/// <param name="From">What <paramref name="Start"/> counts.</param>
/// <param name="Start">Zero where <paramref name="From"/> needs none.</param>
/// <param name="UntilPosition">The first position that is not read any more; null for no limit.</param>
/// <param name="UntilTime">Reading ends before the first message written at or after this Unix time in milliseconds; null for no limit.</param>
public sealed record HistoryRange(HistoryStart From, long Start, long? UntilPosition = null, long? UntilTime = null)
{
    private const string OffsetArgument = "x-stream-offset";

    /// <summary>Everything that is there.</summary>
    public static HistoryRange All { get; } = new(HistoryStart.First, 0);

    /// <summary>From a position on.</summary>
    public static HistoryRange FromPosition(long position) => new(HistoryStart.Position, position);

    /// <summary>From a time on.</summary>
    public static HistoryRange FromTime(DateTimeOffset time) => new(HistoryStart.Time, time.ToUnixTimeMilliseconds());

    /// <summary>Messages written before this Unix time in milliseconds are not meant, although a reader is given them.</summary>
    public long NotBefore => From == HistoryStart.Time ? Start : long.MinValue;

    /// <summary>Why the range makes no sense; null when it does.</summary>
    public Refusal? Check() => Start < 0 || UntilPosition < 0 || UntilTime < 0
        ? new Refusal(RefusalReason.PreconditionFailed, "positions and times of a history are not negative")
        : null;

    /// <summary>The position that reading starts with, of a history of this extent; null where the time has to be looked up.</summary>
    public long? StartIn(HistoryExtent extent) => From switch
    {
        HistoryStart.First => extent.First,
        HistoryStart.Last => Math.Max(extent.First, extent.End - Start),
        HistoryStart.Position => Math.Max(extent.First, Start),
        _ => null,
    };

    /// <summary>The position that reading ends before, of a history of this extent.</summary>
    public long EndIn(HistoryExtent extent) => Math.Min(extent.End, UntilPosition ?? long.MaxValue);

    /// <summary>The argument by which a consumer starts there; by time not before the second that holds it.</summary>
    public (string Name, ArgumentValue Value) OffsetIn(HistoryExtent extent) => (OffsetArgument, StartIn(extent) is { } position
        ? ArgumentValue.FromInt64(position)
        : ArgumentValue.FromTimestamp((ulong)(Start / 1000)));
}

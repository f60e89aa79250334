using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lifetime;

/// <summary>
/// What a queue must know of some of its messages over a restart, beside where they are: in a write what became known
/// since the last one, in a snapshot all of it. Runs that name a message twice say the same of it, or the later counts.
/// </summary>
/// <param name="Deadlines">When a message expires, Unix time in milliseconds.</param>
/// <param name="Deaths">Given up and on the way to the dead letter exchange; the value is the <see cref="DeathReason"/>.</param>
/// <param name="Returns">How often a message was returned, as <see cref="ReturnCounts.Packed"/>.</param>
/// <param name="Delays">Returned, and not ready before then; Unix time in milliseconds.</param>
/// <param name="Identities">By which duplicates are known, the oldest first.</param>
public sealed record QueueNotes(
    PositionRun[] Deadlines, PositionRun[] Deaths, PositionRun[] Returns, PositionRun[] Delays, RememberedIdentity[] Identities)
{
    /// <summary>Nothing.</summary>
    public static QueueNotes None { get; } = new([], [], [], [], []);

    /// <summary>There is nothing in it.</summary>
    public bool IsEmpty =>
        Deadlines.Length == 0 && Deaths.Length == 0 && Returns.Length == 0 && Delays.Length == 0 && Identities.Length == 0;
}

/// <summary>How often a message came back.</summary>
/// <param name="Failed">Its deliveries that failed: refused by <c>basic.reject</c>, or the consumer was lost with it.</param>
/// <param name="Acquired">All its returns, failed ones too.</param>
public readonly record struct ReturnCounts(int Failed, int Acquired)
{
    /// <summary>Both in one number.</summary>
    public long Packed => ((long)Failed << 32) | (uint)Acquired;

    /// <summary>The reverse of <see cref="Packed"/>.</summary>
    public static ReturnCounts Unpack(long packed) => new((int)(packed >> 32), (int)packed);

    /// <summary>The higher of both counts each.</summary>
    public ReturnCounts Max(ReturnCounts other) => new(Math.Max(Failed, other.Failed), Math.Max(Acquired, other.Acquired));
}

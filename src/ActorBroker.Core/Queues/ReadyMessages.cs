using System.Diagnostics;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <summary>
/// The messages of a queue that wait to be delivered, in the order in which that happens. A message is in here as ready,
/// or away (a consumer holds it, or it was set aside) and remembered so that it can return to its place.
/// </summary>
internal sealed class ReadyMessages
{
    private readonly PositionSet _ready = new();

    /// <summary>Ready messages.</summary>
    public long Count => _ready.Count;

    /// <summary>No message is ready.</summary>
    public bool IsEmpty => _ready.IsEmpty;

    /// <summary>The run that is delivered next.</summary>
    /// <exception cref="InvalidOperationException">Nothing is ready.</exception>
    public PositionRange First => _ready.First;

    /// <summary>New messages, at the end.</summary>
    public void Append(long firstPosition, MessageBatch batch) => _ready.Add(new PositionRange(firstPosition, batch.Count));

    /// <summary>The next run, at most so many, goes away: to a holder, or (followed by <see cref="Forget"/>) for good.</summary>
    public PositionRange Take(long countMax) => _ready.TakeFirst(countMax);

    /// <summary>Messages that were away are ready again, at their old place.</summary>
    public void Return(PositionRange range) => _ready.Add(range);

    /// <summary>Messages that were away are ready again, at their old place.</summary>
    public void Return(PositionSet positions)
    {
        for (var i = 0; i < positions.IntervalCount; i++)
        {
            Return(positions.Interval(i));
        }
    }

    /// <summary>
    /// Whatever is ready of the range goes away, wherever it is in line, and is added to <paramref name="removed"/>; to
    /// be followed by <see cref="Forget"/> when it is gone. Returns how many that were.
    /// </summary>
    public long Remove(PositionRange range, PositionSet? removed) => _ready.Remove(range, removed);

    /// <summary>Messages that were away are gone.</summary>
    public void Forget(PositionRange range) => Debug.Assert(!_ready.Contains(range.First));

    /// <summary>All that is ready is gone.</summary>
    public void Clear() => _ready.Clear();

    /// <summary>Adds all ready positions to a set.</summary>
    public void AddTo(PositionSet positions) => positions.AddAll(_ready);

    /// <summary>Positions of a snapshot are ready; to be called first.</summary>
    public void Recover(PositionRange[] live)
    {
        foreach (var range in live)
        {
            _ready.Add(range);
        }
    }
}

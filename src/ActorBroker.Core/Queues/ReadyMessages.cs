using System.Diagnostics;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lanes;

namespace ActorBroker.Core.Queues;

/// <summary>
/// The messages of a queue that wait to be delivered, in the order in which that happens: by priority, shared out among
/// the values of a header, by position. A message is in here as ready, or away (a consumer holds it, or it was set aside)
/// and remembered so that it can return to its place. As long as messages are all alike, it is a set of positions.
/// </summary>
internal sealed class ReadyMessages
{
    private readonly MessageFormats _formats;
    private readonly Lane _plain;
    private LaneClassifier _classifier;
    private ReadyLanes? _lanes;

    /// <summary>No messages.</summary>
    /// <param name="settings">Which messages go before others.</param>
    /// <param name="formats">Reads the headers that say so.</param>
    public ReadyMessages(QueueSettings settings, MessageFormats formats)
    {
        _formats = formats;
        _classifier = new LaneClassifier(settings, formats);
        _plain = new Lane(0, new LaneKey(_classifier.DefaultPriority, 0, 0), group: null);
    }

    /// <summary>Ready messages.</summary>
    public long Count => _lanes is { IsInUse: true } lanes ? lanes.Count : _plain.Ready.Count;

    /// <summary>No message is ready.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>Everyone is offered the same messages; false where some belong to a group that is one consumer's.</summary>
    public bool IsForAll => _lanes is not { HasGroups: true };

    /// <summary>The run that is delivered next: to whom <see cref="TrySelect"/> was asked for, or to whoever may have it.</summary>
    /// <exception cref="InvalidOperationException">Nothing is ready.</exception>
    public PositionRange First => _lanes is { IsInUse: true } lanes ? lanes.First : _plain.Ready.First;

    /// <summary>After so many bytes of the next run it is another's turn, though one message may always be taken.</summary>
    public long TurnBytes => _lanes is { IsInUse: true } lanes ? lanes.TurnBytes : long.MaxValue;

    /// <summary>The order is by position alone.</summary>
    public bool IsPlain => _lanes is not { IsInUse: true };

    /// <summary>The lanes with something ready by when it is their turn, as things stand.</summary>
    public IEnumerable<Lane> Lanes => _lanes is { IsInUse: true } lanes ? lanes.InOrder() : [_plain];

    /// <summary>All ready positions, in no order; not to be changed.</summary>
    public IEnumerable<PositionSet> Sets => AllLanes.Select(static lane => lane.Ready);

    private IEnumerable<Lane> AllLanes => _lanes is { IsInUse: true } lanes ? lanes.All() : [_plain];

    /// <summary>Other settings are in force, for messages that come from now on.</summary>
    public void Apply(QueueSettings settings)
    {
        _classifier = new LaneClassifier(settings, _formats);
        if (_lanes is null)
        {
            _plain.Key = new LaneKey(_classifier.DefaultPriority, 0, 0);
        }
        else
        {
            _lanes.Classify(_classifier);
        }
    }

    /// <summary>New messages, each at the end of its lane.</summary>
    public void Append(long firstPosition, MessageBatch batch)
    {
        if (_classifier.MayDiffer(batch))
        {
            _lanes ??= new ReadyLanes(_plain, _classifier);
            _lanes.Append(firstPosition, batch);
        }
        else
        {
            Return(new PositionRange(firstPosition, batch.Count));
        }
    }

    /// <summary>The next run, at most so many, goes away: to a holder, or (followed by <see cref="Forget"/>) for good.</summary>
    /// <param name="countMax">Most messages.</param>
    /// <param name="bytes">Their size, where others' turns depend on it.</param>
    /// <param name="holder">To whom further messages of their group are to go, if anyone.</param>
    public PositionRange Take(long countMax, long bytes = 0, ConsumerKey? holder = null) =>
        _lanes is { IsInUse: true } lanes ? lanes.Take(countMax, bytes, holder) : _plain.Ready.TakeFirst(countMax);

    /// <summary>Makes <see cref="First"/> what a consumer is given next; false when nothing is ready that it may have.</summary>
    public bool TrySelect(ConsumerKey consumer) => _lanes is { IsInUse: true } lanes ? lanes.TrySelect(consumer) : !_plain.Ready.IsEmpty;

    /// <summary>A consumer is gone and holds nothing: others may have the groups that were its own.</summary>
    public void Release(ConsumerKey consumer) => _lanes?.Release(consumer);

    /// <summary>Messages that were away are ready again, at their old place.</summary>
    public void Return(PositionRange range)
    {
        if (_lanes is { IsInUse: true } lanes)
        {
            lanes.Return(range);
        }
        else
        {
            _plain.Ready.Add(range);
        }
    }

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
    public long Remove(PositionRange range, PositionSet? removed) =>
        _lanes is { IsInUse: true } lanes ? lanes.Remove(range, removed) : _plain.Ready.Remove(range, removed);

    /// <summary>Messages that were away are gone.</summary>
    public void Forget(PositionRange range)
    {
        Debug.Assert(!IsPlain || !_plain.Ready.Contains(range.First));
        if (_lanes is { IsInUse: true } lanes)
        {
            lanes.Forget(range);
        }
    }

    /// <summary>All that is ready is gone.</summary>
    public void Clear()
    {
        _lanes?.Clear();
        _plain.Ready.Clear();
    }

    /// <summary>Adds all ready positions to a set.</summary>
    public void AddTo(PositionSet positions)
    {
        foreach (var lane in AllLanes)
        {
            positions.AddAll(lane.Ready);
        }
    }

    /// <summary>Adds the ready positions of a range to a set.</summary>
    public void AddTo(PositionSet positions, PositionRange range)
    {
        foreach (var lane in AllLanes)
        {
            foreach (var part in lane.Ready.Within(range))
            {
                positions.Add(part);
            }
        }
    }

    /// <summary>Which of the live positions are not where messages without any mark are, for a snapshot.</summary>
    public LaneIndex[] Index(PositionSet live) => _lanes is { IsInUse: true } lanes ? lanes.Index(live) : [];

    /// <summary>Positions of a snapshot are ready; to be called first.</summary>
    public void Recover(PositionRange[] live, LaneIndex[] lanes)
    {
        foreach (var range in live)
        {
            _plain.Ready.Add(range);
        }

        foreach (var index in lanes)
        {
            _lanes ??= new ReadyLanes(_plain, _classifier);
            _lanes.Recover(index);
        }
    }
}

using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.History;

/// <summary>
/// Reads a range of a queue's history as one more consumer with an offset, and hands out what is wanted of it. Lives inside
/// an actor, which hands it everything that <see cref="OnMessage"/> takes and calls <see cref="Ask"/> now and then.
/// <para>
/// No more is under way than its window: bytes come back to the queue with what is not wanted, and with
/// <see cref="Credit"/>. It is done at the end that the history had when it started, also where the last messages of the
/// range are gone: the queue is asked how far it has come.
/// </para>
/// </summary>
internal sealed class HistoryReader
{
    /// <summary>What it asks has request ids up to this one: none that its owner may use.</summary>
    public const long LastRequest = -1;

    private const int ConsumerId = 1;
    private const long DescribeRequest = LastRequest;
    private const long StartRequest = LastRequest - 1;

    // Bytes bound what is under way; a stream wants a number too.
    private const int PrefetchCount = ushort.MaxValue;

    private readonly HistorySource _source;
    private readonly IActorRef _self;
    private readonly int _windowBytes;
    private readonly MessageSelector _selector;
    private readonly Func<DeliverySegment, int, bool> _take;
    private readonly List<Settlement> _settlements = [];
    private long _credit;
    private bool _isConsuming;
    private bool _isAsking;
    private bool _isStopped;
    private bool _isWhereItStarts;

    /// <summary>A reader that has not asked for anything yet.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="formats">Reads the messages' properties.</param>
    /// <param name="self">The owner, whom the queue answers.</param>
    /// <param name="windowBytes">Most bytes under way.</param>
    /// <param name="take">
    /// Gets each wanted message, by its segment and its index in that, and owes <see cref="Credit"/> for it; false when it
    /// does not take it, which ends the reading before it.
    /// </param>
    public HistoryReader(HistorySource source, MessageFormats formats, IActorRef self, int windowBytes, Func<DeliverySegment, int, bool> take)
    {
        _source = source;
        _self = self;
        _windowBytes = windowBytes;
        _selector = new MessageSelector(source.Criteria, formats);
        _take = take;
    }

    /// <summary>What the history held when the queue was asked last.</summary>
    public HistoryExtent Extent { get; private set; }

    /// <summary>The position that the range ends before; 0 while that is not known.</summary>
    public long End { get; private set; }

    /// <summary>All before this position was handed out, or is not wanted.</summary>
    public long Next { get; private set; }

    /// <summary>Messages that were read.</summary>
    public long LookedAt { get; private set; }

    /// <summary>Those that were wanted and taken.</summary>
    public long Matched { get; private set; }

    /// <summary>Positions that were passed over without a message; those that the queue itself filters out are not known.</summary>
    public long Missing { get; private set; }

    /// <summary>The range is known.</summary>
    public bool IsPlaced { get; private set; }

    /// <summary>Nothing more comes.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Nothing more is in the range.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Why it cannot go on; null while it can.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Asks how far it is, unless an answer is under way; starts it the first time.</summary>
    public void Ask()
    {
        if (!_isAsking && !IsDone)
        {
            _isAsking = true;
            _source.Actor.Tell(new DescribeReader(DescribeRequest, ConsumerId), _self);
        }
    }

    /// <summary>Something from the queue for the reader; false when the message is for somebody else.</summary>
    public bool OnMessage(object message)
    {
        switch (message)
        {
            case ReaderDescribed described:
                _isAsking = false;
                OnDescribed(described);
                return true;
            case DeliverMessages deliver:
                OnDelivered(deliver.Segments);
                return true;
            case ConsumerStarted:
                return true;
            case QueueAnswered { RequestId: StartRequest, Refusal: { } refusal }:
                Refuse(refusal);
                return true;
            case ConsumerCancelled:
                Refuse(new Refusal(RefusalReason.NotFound, $"{_source.Queue} was deleted, or keeps no history any more"));
                return true;
            case ConsumerTimedOut:
                Refuse(new Refusal(RefusalReason.Unavailable, $"{_source.Queue} waited for its reader too long"));
                return true;
            default:
                return false;
        }
    }

    /// <summary>So many bytes of what was taken have room again; told with <see cref="Flush"/>.</summary>
    public void Credit(int bytes) => _credit += bytes;

    /// <summary>Gives back what has room again.</summary>
    public void Flush()
    {
        if (_credit > 0 && _isConsuming)
        {
            _source.Actor.Tell(new GrantCredit(ConsumerId, (int)_credit), _self);
            _credit = 0;
        }
    }

    /// <summary>Reads no further than what is being taken.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Leaves the queue.</summary>
    public void Close()
    {
        IsDone = true;
        if (_isConsuming)
        {
            _isConsuming = false;
            _source.Actor.Tell(new CloseConsumer(ConsumerId), _self);
        }
    }

    private void OnDescribed(ReaderDescribed described)
    {
        if (IsDone)
        {
            return;
        }

        if (described.Extent is not { } extent)
        {
            Refuse(NoHistory(_source.Queue));
            return;
        }

        Extent = extent;
        if (!IsPlaced)
        {
            Place();
        }
        else if (described.Next is { } next)
        {
            MoveTo(Math.Max(Next, Math.Min(next, End)));
        }

        if (Next >= End)
        {
            ReachEnd();
        }
        else if (!_isConsuming)
        {
            Consume();
        }
    }

    /// <summary>What a queue says that keeps no history.</summary>
    public static Refusal NoHistory(QueueKey queue) =>
        new(RefusalReason.PreconditionFailed, $"{queue} keeps no history: it is no stream and has no x-retention");

    private void Place()
    {
        IsPlaced = true;
        End = _source.Range.EndIn(Extent);
        var start = _source.Range.StartIn(Extent);
        Next = Math.Min(start ?? Extent.First, End);
        _isWhereItStarts = start is not null;
    }

    // What lies between was wanted too, unless the first place has still to be found, or the queue filters.
    private void MoveTo(long position)
    {
        if (_isWhereItStarts && _source.Criteria.FilterValues.Count == 0)
        {
            Missing += position - Next;
        }

        _isWhereItStarts = true;
        Next = position;
    }

    private void Consume()
    {
        _isConsuming = true;
        var (name, offset) = _source.Range.OffsetIn(Extent);
        var arguments = new ArgumentTable.Builder().Add(name, offset);
        _source.Criteria.AddTo(arguments);
        _source.Actor.Tell(
            new StartConsumer(
                StartRequest,
                ConsumerId,
                new ConsumerSettings(string.Empty, NoAck: false, Exclusive: false, PrefetchCount, _windowBytes, arguments.Build()) { IsOfBroker = true },
                _source.Origin),
            _self);
        Ask();
    }

    private void OnDelivered(DeliverySegment[] segments)
    {
        if (IsDone)
        {
            return;
        }

        foreach (var segment in segments)
        {
            _settlements.Add(new Settlement(ConsumerId, SettleOutcome.Accepted, new PositionRange(segment.FirstPosition, segment.Count)));
            Read(segment);
            if (IsDone)
            {
                break;
            }
        }

        if (!IsDone)
        {
            _source.Actor.Tell(new SettleMessages([.. _settlements]), _self);
            Ask();
        }

        _settlements.Clear();
    }

    private void Read(DeliverySegment segment)
    {
        var isTooLate = segment.WrittenAt >= (_source.Range.UntilTime ?? long.MaxValue);
        var isTooEarly = segment.WrittenAt < _source.Range.NotBefore;
        for (var i = 0; i < segment.Count && !IsDone; i++)
        {
            var position = segment.FirstPosition + i;
            MoveTo(Math.Min(position, End));
            if (isTooLate || position >= End)
            {
                ReachEnd();
                return;
            }

            var index = segment.StartIndex + i;
            var view = segment.Batch[index];
            LookedAt++;
            if (isTooEarly || !_selector.Selects(view, segment.Batch.RouteOf(index)))
            {
                Credit(view.RecordLength);
            }
            else if (_take(segment, i))
            {
                Matched++;
            }
            else
            {
                LookedAt--;
                Close();
                return;
            }

            Next = position + 1;
            if (Next >= End)
            {
                ReachEnd();
            }
            else if (_isStopped)
            {
                Close();
            }
        }
    }

    private void ReachEnd()
    {
        IsAtEnd = true;
        Close();
    }

    private void Refuse(Refusal refusal)
    {
        if (!IsDone)
        {
            Refusal = refusal;
            Close();
        }
    }
}

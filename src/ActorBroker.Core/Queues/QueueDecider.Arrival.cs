using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Queues;

/// <content>New messages: which of them come in, and what is known of them from then on.</content>
public sealed partial class QueueDecider
{
    private readonly List<LogBatch> _entered = [];
    private readonly List<int> _piece = [];
    private readonly List<int> _refused = [];
    private long _pieceBytes;
    private DeduplicationCache? _identities;

    // What enters may have been delivered by an earlier incarnation that the journal knows nothing of.
    private bool _isRepeated;

    private bool IsQuorum => Settings.Type == QueueType.Quorum;

    // New messages may be refused or dropped: each is looked at before it comes in.
    private bool ChecksArrivals => _identities is not null || (IsLimited && Settings.Overflow != QueueOverflow.DropHead);

    /// <inheritdoc/>
    public LinkStanding OpenLink(int connection, LinkOpening opening) => _links.Open(connection, opening);

    /// <inheritdoc/>
    public bool ExpectsBatch(int connection, long linkSequence) => _links.Expects(connection, linkSequence);

    /// <summary>A batch from a connection; sequences of one connection count up by one from 1.</summary>
    public void Publish(int connection, long linkSequence, MessageBatch batch)
    {
        var link = _links.Of(connection);
        _isRepeated = link.IsRepeated(linkSequence);
        if (ChecksArrivals)
        {
            EnterChecked(link, linkSequence, batch);
        }
        else if (batch.Count > 0)
        {
            Enter(batch);
        }

        _isRepeated = false;
        var needsWrite = EnqueueEntered(link, linkSequence);
        link.Receive(linkSequence, needsWrite);
        AfterEntering();
        _links.Tell(link, IsWithholding);
        BoundMemory();
    }

    private void AfterEntering()
    {
        AnswerGets();
        Dispatch();
        SpillEntered();
        TryWrite();
    }

    private void Enter(MessageBatch batch)
    {
        var placed = _log.Append(batch);
        var persistent = IsDurable && !IsQuorum ? batch.CountPersistent() : batch.Count;
        placed.AwaitsWrite = IsDurable && persistent > 0;
        placed.IsJournaled = placed.AwaitsWrite || _history is not null;
        placed.HasTransient = persistent < batch.Count;
        placed.Kept = _history is null ? null : batch;
        _entered.Add(placed);
        _counters?.Published += batch.Count;
        _ready.Append(placed.First, batch);
        if (_isRepeated)
        {
            MarkOvertaken(placed.First);
            _deliveredBefore = Math.Max(_deliveredBefore, placed.End);
        }

        if (_bodySizes is not null)
        {
            MeasureBodies(placed.First, batch);
            _readyBytes += _bodySizes.Sum(new PositionRange(placed.First, batch.Count));
        }

        if (Settings.MessageTtl is not null || (batch.AnyFlags & MessageFlags.Expires) != 0 || Settings.Stage is not null)
        {
            SetDeadlines(placed, batch);
        }
    }

    // The link learns of the last of its batches that need a write: they are written in their order.
    private bool EnqueueEntered(PublisherLink? link, long linkSequence, PositionSet? settledWith = null, PreparedTransaction? ends = null)
    {
        var last = _entered.FindLast(placed => placed.AwaitsWrite || (placed.IsJournaled && ends is not null));
        foreach (var placed in _entered)
        {
            if (placed.IsJournaled)
            {
                _writes.Add(ReferenceEquals(placed, last)
                    ? new WaitingWrite(placed, link) { LinkSequence = linkSequence, SettledWith = settledWith, Ends = ends }
                    : new WaitingWrite(placed, Link: null) { IsContinued = last is not null && placed.First < last.First });
                if (placed is { Batch: not null, HasTransient: true })
                {
                    MarkVolatile(placed);
                }
            }
        }

        if (last is null && settledWith is not null)
        {
            _writes.Add(new WaitingWrite(Batch: null, link) { LinkSequence = linkSequence, SettledWith = settledWith });
        }

        return last is not null || settledWith is not null;
    }

    private void SpillEntered()
    {
        foreach (var placed in _entered)
        {
            if (_isSpilling && placed is { IsJournaled: false, IsPinned: true, IsRefused: false })
            {
                AddSpilled(placed);
            }
        }

        _entered.Clear();
    }

    // Message by message, as if each had come alone: what consumers take at once makes room for the next.
    private void EnterChecked(PublisherLink link, long linkSequence, MessageBatch batch)
    {
        for (var index = 0; index < batch.Count; index++)
        {
            if (IsFull(batch[index].BodyLength) && (!EnterPiece(batch) || IsFull(batch[index].BodyLength)))
            {
                _refused.Add(index);
                continue;
            }

            if (_identities is null || IsNew(batch[index]))
            {
                _pieceBytes += batch[index].BodyLength;
                _piece.Add(index);
            }
        }

        EnterPiece(batch);
        if (_refused.Count > 0)
        {
            link.Refuse(linkSequence);
            _effects.PublishRejected(link.Connection, linkSequence, [.. _refused]);
            DeadLetterRefused(batch);
            _refused.Clear();
        }
    }

    private bool IsFull(int bodyLength) =>
        Settings.Overflow != QueueOverflow.DropHead
        && (_ready.Count + _prepared.UndecidedMessages + _piece.Count >= (Settings.MaxLength ?? long.MaxValue)
            || _readyBytes + _prepared.UndecidedBodyBytes + _pieceBytes + bodyLength > (Settings.MaxLengthBytes ?? long.MaxValue));

    // False when there was nothing to enter.
    private bool EnterPiece(MessageBatch batch)
    {
        if (_piece.Count == 0)
        {
            return false;
        }

        Enter(_piece.Count == batch.Count ? batch : batch.Pick(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_piece)));
        _piece.Clear();
        _pieceBytes = 0;
        AnswerGets();
        ServeAll();
        return true;
    }

    private bool IsNew(MessageView message)
    {
        if ((message.Flags & MessageFlags.HasHeaders) == 0
            || !Formats[message.Format].TryReadHeader(message.Properties, _identities!.Header, out var value))
        {
            return true;
        }

        var identity = DeduplicationCache.IdentityOf(value);
        if (_identities.Contains(identity, Now))
        {
            return false;
        }

        var remembered = new RememberedIdentity(identity, _log.NextPosition + _piece.Count, Now);
        // A message that a restart loses may come again after it.
        var lasts = IsDurable && (IsQuorum || message.IsPersistent);
        _identities.Remember(remembered, lasts);
        _isMarked = true;
        if (lasts)
        {
            _writes.Notes.Remember(remembered);
        }

        return true;
    }

    // They were never in the queue: of their death nobody learns after a restart, as their publisher was told at once.
    private void DeadLetterRefused(MessageBatch batch)
    {
        if (Settings.Overflow != QueueOverflow.RejectPublishDeadLetter)
        {
            return;
        }

        _counters?.CountDead(EffectiveStrategy, DeathReason.MaxLength, _refused.Count);
        if (Settings.DeadLetterExchange is not null)
        {
            var refused = _log.Append(batch.Pick(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_refused)));
            refused.IsRefused = true;
            _dying.Add(new PositionRange(refused.First, refused.Live), DeathReason.MaxLength, awaitWrite: false);
            _isMarked = true;
        }
    }

    // All of it or nothing: it is refused before it is known what consumers would have taken of it meanwhile.
    private bool HasRoomFor(MessageBatch batch)
    {
        if (batch.Count == 0 || !IsLimited || Settings.Overflow == QueueOverflow.DropHead || (_ready.IsEmpty && RoomOfConsumers(batch.Count)))
        {
            return true;
        }

        var bytes = 0L;
        for (var i = 0; i < batch.Count; i++)
        {
            bytes += batch[i].BodyLength;
        }

        return _ready.Count + _prepared.UndecidedMessages + batch.Count <= (Settings.MaxLength ?? long.MaxValue)
            && _readyBytes + _prepared.UndecidedBodyBytes + bytes <= (Settings.MaxLengthBytes ?? long.MaxValue);
    }

    private bool RoomOfConsumers(long wanted)
    {
        foreach (var consumer in _roster.All)
        {
            wanted -= consumer.CanTake ? Math.Min(consumer.Room, wanted) : 0;
        }

        return wanted == 0;
    }

    private void Refuse(PublisherLink link, long linkSequence, MessageBatch batch)
    {
        link.Refuse(linkSequence);
        _effects.PublishRejected(link.Connection, linkSequence, [.. Enumerable.Range(0, batch.Count)]);
        link.Receive(linkSequence, needsWrite: false);
        _links.Tell(link, IsWithholding);
    }

    // Room was made sure of; duplicates are left out.
    private void EnterWhole(MessageBatch batch)
    {
        if (_identities is not null)
        {
            for (var index = 0; index < batch.Count; index++)
            {
                if (IsNew(batch[index]))
                {
                    _piece.Add(index);
                }
            }

            batch = _piece.Count == batch.Count ? batch : batch.Pick(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_piece));
            _piece.Clear();
        }

        if (batch.Count > 0)
        {
            Enter(batch);
        }
    }
}

using ActorBroker.Broker.Forwarding;
using ActorBroker.Broker.Readers;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Collections;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Contents;

/// <summary>
/// Publishes some messages of a queue elsewhere; a child of the queue's actor. What is to leave the queue is held first, as
/// a client holds what it has got, and settled when it has arrived: if the queue's actor stops in between, the message is
/// in both places, and nowhere is it lost.
/// </summary>
internal sealed class MessageTransferActor : RepublishingActor
{
    private const int ConsumerId = 1;
    private const int WindowBytes = 1 << 19;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    private readonly TransferMessages _transfer;
    private readonly ContentsReader _reader;
    private readonly PositionSet _wanted = new();
    private readonly long _startedAt;
    private bool _isReading;
    private bool _hasTimedOut;
    private long _taken;
    private long _back;
    private long _done;

    /// <summary>Use <see cref="Props"/>.</summary>
    public MessageTransferActor(TransferMessages transfer, IActorRef requester, ContentsSource source, ForwardingServices services)
        : base(ReplayOf(transfer), requester, $"{transfer.Queue} stopped while messages of it were published elsewhere", services)
    {
        _transfer = transfer;
        _startedAt = services.Clock.GetTimestamp();
        _reader = new ContentsReader(source, Self, Take) { Wanted = _wanted };
    }

    private bool IsOver => Refusal is not null || (_isReading && _reader.IsAtEnd);

    /// <summary>The actor that carries out one request, which has been checked.</summary>
    public static Props Props(TransferMessages transfer, IActorRef requester, ContentsSource source, ForwardingServices services) =>
        Akka.Actor.Props.Create(() => new MessageTransferActor(transfer, requester, source, services));

    private static ReplayMessages ReplayOf(TransferMessages transfer) => new(
        transfer.Queue, transfer.TransferId, HistoryRange.All, MessageCriteria.None, transfer.Destination, transfer.RoutingKey, transfer.Origin);

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        if (message is MessagesHeld held)
        {
            Read(held.Positions);
            return true;
        }

        return _reader.OnMessage(message) || base.OnMessage(message);
    }

    /// <inheritdoc/>
    protected override void OnTick()
    {
        base.OnTick();
        if (Services.Clock.GetElapsedTime(_startedAt) > TimeLimit)
        {
            Conclude(new Refusal(RefusalReason.Unavailable, $"not all messages of {_transfer.Queue} arrived at {Target.Name} in time"));
            _hasTimedOut = true;
        }
    }

    /// <inheritdoc/>
    protected override void ProceedReading()
    {
        if (_reader.Refusal is { } refusal)
        {
            Conclude(refusal);
        }

        EndWhenDone();
    }

    /// <inheritdoc/>
    protected override void BeginReading()
    {
        if (_transfer.Keeps)
        {
            Read(_transfer.Positions);
        }
        else
        {
            Context.Parent.Tell(new HoldMessages(ConsumerId, _transfer.Positions));
        }
    }

    private void Read(IReadOnlyList<PositionRange> positions)
    {
        foreach (var range in positions)
        {
            _wanted.Add(range);
        }

        _isReading = true;
        _reader.Begin(0, _wanted.IsEmpty ? 0 : _wanted.Interval(_wanted.IntervalCount - 1).End);
    }

    private bool Take(SeenMessage seen)
    {
        if (Refusal is not null || BytesUnderWay >= WindowBytes)
        {
            return false;
        }

        var segment = new DeliverySegment(seen.Batch, seen.Index, 1, seen.Position, seen.Redelivered);
        Publish(ReplayedMessage.Of(Replay, segment, 0, isAlone: true, Services.Formats, _transfer.Keeps));
        _taken++;
        return true;
    }

    /// <inheritdoc/>
    protected override void OnForwarded(ReplayedMessage message, ForwardOutcome outcome)
    {
        var refusal = outcome == ForwardOutcome.NoRoute
            ? new Refusal(RefusalReason.PreconditionFailed, $"{Target.Name} has no queue for the message at position {message.Position}")
            : Target.Fails(outcome);
        _back++;
        if (refusal is null)
        {
            _done++;
            Settle(SettleOutcome.Accepted, message.Position);
        }
        else
        {
            Conclude(refusal);
        }

        if (BytesUnderWay == 0 && _isReading && !_reader.IsAtEnd)
        {
            _reader.Begin(_reader.Next, _reader.End);
        }
    }

    private void Settle(SettleOutcome outcome, long position)
    {
        if (!_transfer.Keeps)
        {
            _wanted.Remove(new PositionRange(position, 1));
            Context.Parent.Tell(new SettleMessages([new Settlement(ConsumerId, outcome, new PositionRange(position, 1))]));
        }
    }

    // What is still under way when the time is over may arrive all the same, and is back in its place then, too.
    private void EndWhenDone()
    {
        if (IsOver && (_taken == _back || _hasTimedOut))
        {
            Release();
            End();
        }
    }

    private void Release()
    {
        if (!_transfer.Keeps && !_wanted.IsEmpty)
        {
            var rest = _wanted.ToArray();
            Context.Parent.Tell(new SettleMessages([.. rest.Select(static range => new Settlement(ConsumerId, SettleOutcome.Released, range))]));
        }
    }

    /// <inheritdoc/>
    protected override void Answer()
    {
        if (_done > 0)
        {
            Context.System.EventStream.Publish(new MessagesTransferred(_transfer.Queue, _transfer.Destination, _done, _transfer.Keeps, _transfer.Origin));
        }

        var left = _transfer.Positions.Sum(static range => range.Count) - _done;
        Requester.Tell(new MessagesHandled(_transfer.RequestId, _transfer.Queue, Refusal, _done, left), Context.Parent);
    }
}

using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Contracts.Transfer;

/// <summary>
/// Puts messages together that other nodes send in parts (<see cref="Transfers"/>), and hands them to their recipients as if
/// they had come whole. One a node, found by its path. Holds at most <see cref="PartLimits.JoinBytes"/>, or one longer message;
/// what is beyond waits at its sender's. What a node that is gone had sent in part is dropped.
/// </summary>
internal sealed class TransferActor : UntypedActor, IWithTimers
{
    /// <summary>Its name below /system.</summary>
    public const string Name = "broker-transfer";

    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly Transfers _transfers;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<OutgoingPeer> _outgoing = [];
    private readonly Dictionary<IActorRef, Dictionary<long, IncomingLine>> _incoming = [];
    private readonly Queue<IncomingLine> _waiting = new();
    private readonly HashSet<string> _refusedManifests = new(StringComparer.Ordinal);
    private long _joinBytes;

    /// <summary>Use <see cref="Props"/>.</summary>
    public TransferActor(Transfers transfers) => _transfers = transfers;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor of a node.</summary>
    public static Props Props(Transfers transfers) => Akka.Actor.Props.Create(() => new TransferActor(transfers)).WithDeploy(Deploy.Local);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MessagePart part:
                OnPart(part);
                break;
            case PartsTaken taken:
                _transfers.PeerAt(Sender.Path.Address)?.OnTaken(taken);
                break;
            case LineBegun begun:
                OnLineBegun(begun.Peer);
                break;
            case Tick:
                OnTick();
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnPart(MessagePart part)
    {
        if (!_incoming.TryGetValue(Sender, out var lines))
        {
            lines = [];
            _incoming.Add(Sender, lines);
            Context.Watch(Sender);
        }

        if (part.IsEnd)
        {
            if (lines.Remove(part.Line, out var ended))
            {
                Forget(ended);
            }
        }
        else if (LineOf(lines, part) is { } line)
        {
            OnPart(line, part);
        }
        else
        {
            // Its beginning is lost, or all of it: the sender begins anew, or gives the line up.
            Sender.Tell(new PartsTaken(part.Line, 0, PartLimits.LineWindow, Again: true));
        }
    }

    private IncomingLine? LineOf(Dictionary<long, IncomingLine> lines, MessagePart part)
    {
        if (!lines.TryGetValue(part.Line, out var line) && part is { Offset: 0, Sender: { } speaker })
        {
            line = new IncomingLine(Sender, part.Line, _transfers.Resolve(speaker));
            lines.Add(part.Line, line);
        }

        return line;
    }

    private void OnPart(IncomingLine line, MessagePart part)
    {
        if (part.Size == 0)
        {
            Sender.Tell(line.Answer(again: line.Message is null || line.HasRoom));
            return;
        }

        if (!line.Expects(part))
        {
            OnOutOfTurn(line, part);
            return;
        }

        if (part.Start is { } start && !line.HasRoom && !MakeRoom(line, start))
        {
            // Again, so that what is on its way does not count as such while it waits.
            Sender.Tell(line.Answer(again: true));
            return;
        }

        try
        {
            if (line.Add(part) is { } bytes)
            {
                HandOn(line, bytes);
            }
        }
        catch (InvalidDataException failure)
        {
            _log.Error("A line of {0} makes no sense: {1}", Sender.Path.Address, failure.Message);
            return;
        }

        if (part.AsksForAnswer || line.IsAnswerDue)
        {
            Sender.Tell(line.Answer());
        }
    }

    private void OnOutOfTurn(IncomingLine line, MessagePart part)
    {
        if (part.Offset < line.Received)
        {
            // It has come before; the sender may not have heard so.
            Sender.Tell(line.Answer());
        }
        else if ((line.Message is null || line.HasRoom) && line.AsksAgain())
        {
            Sender.Tell(line.Answer(again: true));
        }
    }

    // One that is a single part takes no memory that it does not have already.
    private bool MakeRoom(IncomingLine line, MessageStart start)
    {
        if (start.Length > PartLimits.PartBytes && (_waiting.Count > 0 || !IsRoomFor(start)))
        {
            line.Wait(start);
            _waiting.Enqueue(line);
            return false;
        }

        TakeRoom(line, start);
        return true;
    }

    private bool IsRoomFor(MessageStart start) => _joinBytes == 0 || _joinBytes + start.Length <= PartLimits.JoinBytes;

    private void TakeRoom(IncomingLine line, MessageStart start)
    {
        _joinBytes += start.Length;
        line.MakeRoom(start);
    }

    private void HandOn(IncomingLine line, byte[] bytes)
    {
        var message = line.Message!;
        line.Complete();
        try
        {
            var recipient = _transfers.Resolve(message.Recipient);
            if (recipient is IInternalActorRef { IsLocal: true })
            {
                recipient.Tell(_transfers.Serializer.FromBinary(bytes, message.Manifest), line.Speaker);
            }
        }
        catch (SerializationException failure)
        {
            if (_refusedManifests.Add(message.Manifest))
            {
                _log.Warning("What {0} sent in parts cannot be read: {1}", line.Peer.Path.Address, failure.Message);
            }
        }

        GiveBack(bytes.Length);
    }

    private void GiveBack(int bytes)
    {
        _joinBytes -= bytes;
        while (_waiting.TryPeek(out var next) && (next.IsGone || IsRoomFor(next.Message!)))
        {
            _waiting.Dequeue();
            if (!next.IsGone)
            {
                TakeRoom(next, next.Message!);
                next.Peer.Tell(next.Answer(again: true));
            }
        }
    }

    private void Forget(IncomingLine line)
    {
        line.IsGone = true;
        if (line is { HasRoom: true, Message: { } message })
        {
            GiveBack(message.Length);
        }
    }

    private void OnLineBegun(OutgoingPeer peer)
    {
        if (_outgoing.Add(peer))
        {
            Context.Watch(peer.Other);
        }

        if (!Timers.IsTimerActive(Tick.Instance))
        {
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
        }
    }

    private void OnTick()
    {
        var hasLines = false;
        foreach (var peer in _outgoing)
        {
            hasLines |= peer.OnTick();
        }

        if (!hasLines)
        {
            Timers.Cancel(Tick.Instance);
        }
    }

    private void OnTerminated(IActorRef other)
    {
        if (_transfers.PeerAt(other.Path.Address) is { } peer && _outgoing.Remove(peer))
        {
            peer.Drop();
        }

        if (_incoming.Remove(other, out var lines))
        {
            foreach (var line in lines.Values)
            {
                Forget(line);
            }
        }
    }

    /// <summary>There is a line to another node.</summary>
    internal sealed record LineBegun(OutgoingPeer Peer) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}

using Akka.Actor;

namespace ActorBroker.Contracts.Transfer;

/// <summary>What one actor has told the actors of another node and is not known to have arrived there.</summary>
/// <param name="id">Its number among the lines to that node.</param>
/// <param name="speaker">The actor.</param>
/// <param name="path">Its path; empty for nobody.</param>
internal sealed class OutgoingLine(long id, IActorRef speaker, string path)
{
    // Between two ticks that find nothing new, and the third: no answer is as late as that.
    private const int TicksOfPatience = 3;

    private readonly LinkedList<Message> _messages = [];
    private LinkedListNode<Message>? _next;
    private long _end;
    private long _sent;
    private long _taken;
    private long _limit = PartLimits.LineWindow;
    private int _idleTicks;

    private sealed record Message(string Recipient, WrittenMessage Written, long Start)
    {
        public long End => Start + 1 + Written.Bytes.Length;
    }

    public long Id => id;

    public IActorRef Speaker => speaker;

    /// <summary>Waits until other lines' parts have arrived.</summary>
    public bool IsHeld { get; set; }

    /// <summary>What has been sent and has not been taken.</summary>
    public long UnderWay => _sent - _taken;

    /// <summary>There is something to send, and the other node wants it.</summary>
    public bool HasMore => _next is not null && _sent < _limit;

    /// <summary>All has arrived.</summary>
    public bool IsDone => _messages.Count == 0;

    public void Add(string recipient, WrittenMessage written)
    {
        var node = _messages.AddLast(new Message(recipient, written, _end));
        _end = node.Value.End;
        _next ??= node;
    }

    /// <summary>The next part.</summary>
    public MessagePart Next()
    {
        var message = _next!.Value;
        var begins = _sent == message.Start;
        var from = begins ? 0 : (int)(_sent - message.Start - 1);
        var bytes = message.Written.Bytes.AsMemory(from, Math.Min(PartLimits.PartBytes, message.Written.Bytes.Length - from));
        var part = new MessagePart(
            id,
            _sent,
            _sent == 0 ? path : null,
            begins ? new MessageStart(message.Recipient, message.Written.Manifest, message.Written.Bytes.Length) : null,
            bytes);
        _sent += part.Size;
        if (_sent == message.End)
        {
            _next = _next.Next;
        }

        return part with { AsksForAnswer = _next is null };
    }

    /// <summary>Takes note of an answer; false when the other node knows nothing of the line any more.</summary>
    public bool Take(PartsTaken taken)
    {
        if (taken.Received < _taken || taken.Received > _end)
        {
            return false;
        }

        if (taken.Received > _taken)
        {
            _idleTicks = 0;
            _taken = taken.Received;
            while (_messages.First is { } first && first.Value.End <= _taken)
            {
                _messages.RemoveFirst();
            }
        }

        _limit = taken.Limit;
        if (taken.Again || _sent < _taken)
        {
            Rewind();
        }

        return true;
    }

    /// <summary>Nothing has been heard for a while, though something is to come.</summary>
    public bool IsStalled() => ++_idleTicks % TicksOfPatience == 0;

    /// <summary>Sends everything again that is not known to have arrived.</summary>
    public void Rewind()
    {
        _sent = _taken;
        _next = _messages.First;
    }

    /// <summary>Asks how far the other node has come.</summary>
    public MessagePart Question() =>
        new(id, _taken, null, null, ReadOnlyMemory<byte>.Empty) { AsksForAnswer = true };

    /// <summary>Nothing follows.</summary>
    public MessagePart End() => new(id, _taken, null, null, ReadOnlyMemory<byte>.Empty) { IsEnd = true };
}

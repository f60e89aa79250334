using Akka.Actor;

namespace ActorBroker.Contracts.Transfer;

/// <summary>A line of another node, as far as it has come.</summary>
internal sealed class IncomingLine(IActorRef peer, long id, IActorRef? speaker)
{
    private byte[]? _bytes;
    private int _filled;
    private bool _hasBegun;
    private long _told;
    private bool _hasAskedAgain;

    public IActorRef Peer => peer;

    public long Id => id;

    /// <summary>Who speaks.</summary>
    public IActorRef? Speaker => speaker;

    /// <summary>All before this offset has arrived.</summary>
    public long Received { get; private set; }

    /// <summary>The message that waits for room, or comes in.</summary>
    public MessageStart? Message { get; private set; }

    /// <summary>Room has been made for <see cref="Message"/>.</summary>
    public bool HasRoom => _bytes is not null;

    /// <summary>The line was ended while it waited for room.</summary>
    public bool IsGone { get; set; }

    /// <summary>A message begins, for which there is no room yet.</summary>
    public void Wait(MessageStart message) => Message = message;

    /// <summary>There is room for the message that waits or begins.</summary>
    public void MakeRoom(MessageStart message)
    {
        Message = message;
        _bytes = GC.AllocateUninitializedArray<byte>(message.Length);
        _filled = 0;
        _hasBegun = false;
    }

    /// <summary>The part is the one that comes next, and may be added once there is room.</summary>
    public bool Expects(MessagePart part) =>
        part.Offset == Received && (Message is null ? part.Start is not null : HasRoom && (part.Start is null) == _hasBegun);

    /// <summary>Adds the part that comes next; the whole form when it is complete.</summary>
    /// <exception cref="InvalidDataException">It has more than its message lacks.</exception>
    public byte[]? Add(MessagePart part)
    {
        if (part.Bytes.Length > _bytes!.Length - _filled)
        {
            throw new InvalidDataException($"{part.Bytes.Length} bytes have come where {_bytes.Length - _filled} are left of a message.");
        }

        _hasAskedAgain = false;
        _hasBegun = true;
        part.Bytes.CopyTo(_bytes.AsMemory(_filled));
        _filled += part.Bytes.Length;
        Received += part.Size;
        return _filled == _bytes.Length ? _bytes : null;
    }

    /// <summary>The message is complete and handed on.</summary>
    public void Complete()
    {
        Message = null;
        _bytes = null;
    }

    /// <summary>The sender should hear how far the line has come before its window is used up.</summary>
    public bool IsAnswerDue => Received - _told >= PartLimits.LineWindow / 4;

    /// <summary>How far it has come. Nothing more is wanted while its next message waits for room.</summary>
    public PartsTaken Answer(bool again = false)
    {
        _told = Received;
        return new PartsTaken(id, Received, Message is null || HasRoom ? Received + PartLimits.LineWindow : Received, again);
    }

    /// <summary>Parts have been dropped or lost: true once until the right one comes.</summary>
    public bool AsksAgain()
    {
        var asks = !_hasAskedAgain;
        _hasAskedAgain = true;
        return asks;
    }
}

using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// Gathers the content of one publish that does not lie whole in one read: a copy of its properties, and its body in an
/// array that grows with what has really arrived, whatever the content header claims. A large one is laid out as a
/// <see cref="MessageRecord"/>, so that it is not copied again.
/// </summary>
internal sealed class ContentAssembler(ContentBudget budget)
{
    /// <summary>Records above this size are handed over as they are instead of being copied into a batch.</summary>
    public const int RecordSizeMin = 64 * 1024;

    private const int FirstCapacity = 4096;

    private byte[] _array = [];
    private int _bodyStart = MessageRecord.HeaderSize;
    private int _bodySize;
    private int _received;

    /// <summary>Bytes of the body that have not arrived.</summary>
    public int Missing => _bodySize - _received;

    /// <summary>The properties; valid until <see cref="Begin"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Properties => _array.AsSpan(MessageRecord.HeaderSize, _bodyStart - MessageRecord.HeaderSize);

    /// <summary>The body; valid until <see cref="Begin"/> or <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Body => _array.AsSpan(_bodyStart, _received);

    /// <exception cref="Amqp091ErrorException">506: the connection has too much under way.</exception>
    public void Begin(ReadOnlySpan<byte> properties, int bodySize)
    {
        budget.Take(properties.Length);
        _bodyStart = MessageRecord.HeaderSize + properties.Length;
        _bodySize = bodySize;
        _received = 0;
        _array = new byte[Math.Min(_bodyStart + bodySize, Math.Max(FirstCapacity, _bodyStart * 2))];
        properties.CopyTo(_array.AsSpan(MessageRecord.HeaderSize));
    }

    /// <summary>Adds a piece of the body, no longer than what is <see cref="Missing"/>.</summary>
    /// <exception cref="Amqp091ErrorException">506: the connection has too much under way.</exception>
    public void Append(ReadOnlySpan<byte> piece)
    {
        budget.Take(piece.Length);
        var end = _bodyStart + _received + piece.Length;
        if (end > _array.Length)
        {
            // Array.Resize would fill with zeros first what is then written over.
            var larger = GC.AllocateUninitializedArray<byte>(Capacity(end));
            _array.AsSpan(0, _bodyStart + _received).CopyTo(larger);
            _array = larger;
        }

        piece.CopyTo(_array.AsSpan(_bodyStart + _received));
        _received += piece.Length;
    }

    /// <summary>The whole message. The array is the message's own from now on.</summary>
    public PublishedMessage ToMessage(MessageFlags flags, byte priority)
    {
        var propertiesLength = _bodyStart - MessageRecord.HeaderSize;
        return _bodyStart + _bodySize > RecordSizeMin
            ? PublishedMessage.AsRecord(_array, propertiesLength, _bodySize, MessageFormat.Amqp091, flags, priority)
            : PublishedMessage.InPlaces(
                _array, MessageRecord.HeaderSize, propertiesLength, _array, _bodyStart, _bodySize, MessageFormat.Amqp091, flags, priority);
    }

    public void Clear()
    {
        budget.GiveBack(_bodyStart - MessageRecord.HeaderSize + _received);
        _array = [];
        _bodyStart = MessageRecord.HeaderSize;
        _bodySize = _received = 0;
    }

    // Doubles, but goes to the final size once a quarter of it is there: most large bodies are then copied twice at most.
    private int Capacity(int needed)
    {
        var final = _bodyStart + _bodySize;
        return needed >= final / 4 ? final : Math.Min(final, needed * 2);
    }
}

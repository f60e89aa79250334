using ActorBroker.Connections.Sockets;
using ActorBroker.Protocols.Amqp091.Session;

namespace ActorBroker.Connections.Amqp091;

/// <summary>
/// Lets the protocol's machine write into the buffer that goes to the socket next, whose size follows what was written before.
/// </summary>
internal sealed class Amqp091Output : IOutput
{
    /// <summary>What is written at a time, about.</summary>
    public const int BudgetBytes = 128 * 1024;

    private const int CapacityMin = 4 * 1024;
    private const int CapacityMax = BudgetBytes + (16 * 1024);

    private OutgoingBuffer _buffer = null!;
    private int _capacity = CapacityMin;

    /// <summary>Takes a buffer to write into, until <see cref="End"/>.</summary>
    public void Begin() => _buffer = OutgoingBuffer.Rent(_capacity);

    /// <summary>What was written, which is the caller's; null for nothing.</summary>
    public OutgoingBuffer? End()
    {
        var buffer = _buffer;
        _buffer = null!;
        var written = buffer.WrittenCount;
        if (written > _capacity / 2)
        {
            _capacity = Math.Min(_capacity * 4, CapacityMax);
        }
        else if (written < _capacity / 16)
        {
            _capacity = Math.Max(_capacity / 2, CapacityMin);
        }

        if (written > 0)
        {
            return buffer;
        }

        buffer.Dispose();
        return null;
    }

    public void Advance(int count) => _buffer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);

    public void AppendBorrowed(ReadOnlyMemory<byte> bytes) => _buffer.AppendBorrowed(bytes);
}

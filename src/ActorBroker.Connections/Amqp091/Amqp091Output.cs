using ActorBroker.Connections.Sockets;
using ActorBroker.Protocols.Amqp091.Session;

namespace ActorBroker.Connections.Amqp091;

/// <summary>Lets the protocol's machine write into the buffer that goes to the socket next.</summary>
internal sealed class Amqp091Output : IOutput
{
    private OutgoingBuffer _buffer = null!;

    public void WriteTo(OutgoingBuffer buffer) => _buffer = buffer;

    public void Advance(int count) => _buffer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);

    public void AppendBorrowed(ReadOnlyMemory<byte> bytes) => _buffer.AppendBorrowed(bytes);
}

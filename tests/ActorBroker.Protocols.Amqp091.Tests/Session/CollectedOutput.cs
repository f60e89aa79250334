using System.Buffers;
using ActorBroker.Protocols.Amqp091.Session;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

/// <summary>All bytes written, in order.</summary>
internal sealed class CollectedOutput : IOutput
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public int BorrowedBytes { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void AppendBorrowed(ReadOnlyMemory<byte> bytes)
    {
        BorrowedBytes += bytes.Length;
        _bytes.Write(bytes.Span);
    }

    public void Advance(int count) => _bytes.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _bytes.GetSpan(sizeHint);

    public void Clear() => _bytes.ResetWrittenCount();
}

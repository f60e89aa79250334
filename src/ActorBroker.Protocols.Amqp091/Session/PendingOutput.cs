using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// Replies in their order until the socket can take them. Kept in chunks, so that a long queue of replies is neither moved
/// when it grows nor kept as one large array; holds no memory when empty.
/// </summary>
internal sealed class PendingOutput : IOutput
{
    private const int ChunkSize = 4096;

    private readonly Queue<ReadOnlyMemory<byte>> _chunks = new();
    private byte[] _current = [];
    private int _start;
    private int _end;

    /// <summary>Bytes written and not yet drained.</summary>
    public int Length { get; private set; }

    public bool IsEmpty => Length == 0;

    public void WriteMethod<TMethod>(ushort channel, in TMethod method)
        where TMethod : IMethod<TMethod>, allows ref struct => FrameWriter.WriteMethod(this, channel, method);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    public void AppendBorrowed(ReadOnlyMemory<byte> bytes)
    {
        EndChunk();
        _chunks.Enqueue(bytes);
        Length += bytes.Length;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _current.Length - _end);
        _end += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _current.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _current.AsSpan(_end);
    }

    /// <summary>Moves everything to the output.</summary>
    public void DrainTo(IOutput output)
    {
        EndChunk();
        while (_chunks.TryDequeue(out var chunk))
        {
            if (chunk.Length >= DeliveryEncoder.BorrowedBodySizeMin)
            {
                output.AppendBorrowed(chunk);
                continue;
            }

            chunk.Span.CopyTo(output.GetSpan(chunk.Length));
            output.Advance(chunk.Length);
        }

        _current = [];
        _start = _end = 0;
        Length = 0;
    }

    private void Reserve(int sizeHint)
    {
        if (_current.Length - _end >= Math.Max(sizeHint, 1))
            return;
        EndChunk();
        // The first replies of a quiet connection are a few bytes: no need for a whole chunk.
        _current = new byte[Math.Max(sizeHint, _chunks.Count == 0 ? 256 : ChunkSize)];
        _start = _end = 0;
    }

    private void EndChunk()
    {
        if (_end > _start)
            _chunks.Enqueue(_current.AsMemory(_start, _end - _start));
        _start = _end;
    }
}

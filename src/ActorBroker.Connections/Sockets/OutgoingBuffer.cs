using System.Buffers;
using System.Runtime.InteropServices;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// Bytes to be sent by one write: pooled memory that an encoder fills, with borrowed memory (large message bodies) in
/// between that is sent from where it is.
/// </summary>
/// <remarks>
/// Ownership: whoever rented it owns it until it is pushed into a transport, which disposes it once it is sent or can
/// never be. An owner that does not push it disposes it. Not for use by two threads at a time.
/// </remarks>
public sealed class OutgoingBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>Borrowed memory shorter than this many bytes is copied: an entry of a gathered send costs more.</summary>
    public const int ShortestBorrowed = 4096;

    private const int SmallestChunk = 256;
    private const int LargestChunk = 65536;

    private readonly ArrayPool<byte> _pool;
    private List<byte[]>? _filled;
    private List<ArraySegment<byte>>? _closed;
    private byte[] _chunk;
    private int _segmentStart;
    private int _position;

    private OutgoingBuffer(ArrayPool<byte> pool, int capacity)
    {
        _pool = pool;
        _chunk = pool.Rent(Math.Max(capacity, SmallestChunk));
    }

    /// <summary>Bytes written and borrowed so far.</summary>
    public int WrittenCount { get; private set; }

    /// <summary>In how many pieces the bytes lie.</summary>
    public int SegmentCount => (_closed?.Count ?? 0) + (_position > _segmentStart ? 1 : 0);

    /// <summary>An empty buffer whose first <paramref name="capacity"/> bytes are contiguous.</summary>
    public static OutgoingBuffer Rent(int capacity, ArrayPool<byte>? pool = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        return new OutgoingBuffer(pool ?? ArrayPool<byte>.Shared, capacity);
    }

    /// <summary>Piece <paramref name="index"/> of <see cref="SegmentCount"/>, in the order of sending.</summary>
    public ArraySegment<byte> Segment(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, SegmentCount);
        return _closed is not null && index < _closed.Count ? _closed[index] : OpenSegment;
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _chunk.AsSpan(_position);
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _chunk.AsMemory(_position);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _chunk.Length - _position);
        _position += count;
        WrittenCount += count;
    }

    /// <summary>Copies <paramref name="bytes"/> in one piece.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length);
        bytes.CopyTo(_chunk.AsSpan(_position));
        Advance(bytes.Length);
    }

    /// <summary>
    /// Puts <paramref name="bytes"/> next without copying them (short ones excepted). They are kept alive by reference,
    /// must not change until the buffer is disposed, and never go to a pool from here.
    /// </summary>
    public void AppendBorrowed(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < ShortestBorrowed || !MemoryMarshal.TryGetArray(bytes, out var borrowed))
        {
            Write(bytes.Span);
            return;
        }

        CloseSegment();
        (_closed ??= []).Add(borrowed);
        WrittenCount += borrowed.Count;
    }

    /// <summary>Returns the pooled memory. Harmless when repeated.</summary>
    public void Dispose()
    {
        foreach (var chunk in _filled ?? [])
            _pool.Return(chunk);
        if (_chunk.Length > 0)
            _pool.Return(_chunk);
        _filled = null;
        _closed = null;
        _chunk = [];
        _segmentStart = _position = WrittenCount = 0;
    }

    private ArraySegment<byte> OpenSegment => new(_chunk, _segmentStart, _position - _segmentStart);

    private void CloseSegment()
    {
        if (_position > _segmentStart)
            (_closed ??= []).Add(OpenSegment);
        _segmentStart = _position;
    }

    private void EnsureRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        ObjectDisposedException.ThrowIf(_chunk.Length == 0, this);
        if (_chunk.Length - _position >= Math.Max(sizeHint, 1))
            return;

        // Another chunk rather than a larger one: nothing written is copied, and chunks stay off the large object heap.
        CloseSegment();
        var next = _pool.Rent(Math.Max(sizeHint, Math.Min(_chunk.Length * 2, LargestChunk)));
        (_filled ??= []).Add(_chunk);
        _chunk = next;
        _segmentStart = _position = 0;
    }
}

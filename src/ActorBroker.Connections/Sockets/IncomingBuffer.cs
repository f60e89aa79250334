using System.Buffers;

namespace ActorBroker.Connections.Sockets;

/// <summary>
/// The bytes that a transport has received and that its downstream stage has not consumed yet. A transport owns one
/// instance and pushes it again and again.
/// </summary>
/// <remarks>
/// <para>Ownership: the array belongs to the transport. Between a push and the next pull it is lent to the downstream
/// stage, which reads <see cref="Unconsumed"/> and calls <see cref="Consume"/> for what it has dealt with. The next
/// pull ends the loan: what is left (a partial frame) is kept, stands at the front of the next push and is followed
/// there by newly received bytes. Nothing may refer to the array after that pull, and no asynchronous boundary (which
/// pulls ahead) may stand between the two stages.</para>
/// <para>Memory: one pooled array while bytes are on their way, none while the connection is idle.</para>
/// </remarks>
public sealed class IncomingBuffer
{
    /// <summary>A tail at least this many times smaller than its array is moved to a small one while it waits.</summary>
    private const int TailCompaction = 16;

    private readonly ArrayPool<byte> _pool;
    private readonly int _readSize;
    private byte[] _array = [];
    private int _requested;

    /// <param name="pool">Where arrays are rented and returned.</param>
    /// <param name="readSize">Bytes of a usual read: the size of the array rented for it.</param>
    /// <param name="maximumCapacity">Most bytes that may ever be held unconsumed.</param>
    public IncomingBuffer(ArrayPool<byte> pool, int readSize, int maximumCapacity)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(readSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumCapacity, readSize);
        _pool = pool;
        _readSize = readSize;
        MaximumCapacity = maximumCapacity;
    }

    /// <summary>Most bytes that may be held unconsumed: the upper limit of <see cref="RequestCapacity"/>.</summary>
    public int MaximumCapacity { get; }

    /// <summary>The array that holds the unconsumed bytes.</summary>
    public byte[] Array => _array;

    /// <summary>Where in <see cref="Array"/> the unconsumed bytes begin.</summary>
    public int Offset { get; private set; }

    /// <summary>How many bytes are unconsumed.</summary>
    public int Count { get; private set; }

    /// <summary>The unconsumed bytes.</summary>
    public ReadOnlySpan<byte> Unconsumed => _array.AsSpan(Offset, Count);

    /// <summary>Whether an array is held.</summary>
    public bool IsHeld => _array.Length > 0;

    /// <summary>Downstream: marks the first <paramref name="count"/> unconsumed bytes as dealt with.</summary>
    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        Offset += count;
        Count -= count;
    }

    /// <summary>
    /// Downstream: asks that <paramref name="capacity"/> bytes, counted from the first unconsumed one, fit without
    /// another move. Called when the length of a partial frame is known; without it the array grows as it fills.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaximumCapacity"/>.</exception>
    public void RequestCapacity(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaximumCapacity);
        _requested = capacity;
    }

    /// <summary>Transport: moves the unconsumed bytes to the front of a large enough array and gives the room behind.</summary>
    /// <exception cref="InvalidOperationException">
    /// <see cref="MaximumCapacity"/> bytes are unconsumed: the downstream stage must refuse a longer frame when it sees
    /// its length.
    /// </exception>
    public Memory<byte> MakeRoom()
    {
        if (Count >= MaximumCapacity)
            throw new InvalidOperationException($"{Count} received bytes are unconsumed, which is the most a connection may hold.");

        // A tail that leaves less than half a read of room would make for ever smaller reads.
        var wanted = Math.Max(_requested, Math.Min(Count + _readSize / 2, MaximumCapacity));
        _requested = 0;
        if (_array.Length >= Math.Max(wanted, _readSize))
            MoveToFront();
        else
            MoveTo(_pool.Rent(Math.Max(wanted, _readSize)));

        return _array.AsMemory(Count, Math.Min(_array.Length, MaximumCapacity) - Count);
    }

    /// <summary>Transport: <paramref name="count"/> bytes were received into the room of <see cref="MakeRoom"/>.</summary>
    public void Commit(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Offset - Count);
        Count += count;
    }

    /// <summary>
    /// Transport: nothing more to receive for now. Returns the array to the pool, or moves a small tail to a small
    /// array, so that a connection idle in the middle of a frame costs little.
    /// </summary>
    public void Idle()
    {
        if (Count == 0)
            Release();
        else if (Count <= _array.Length / TailCompaction && _array.Length >= _readSize)
            MoveTo(_pool.Rent(Count));
    }

    /// <summary>Transport: drops the bytes and returns the array to the pool.</summary>
    public void Release()
    {
        var array = _array;
        Abandon();
        if (array.Length > 0)
            _pool.Return(array);
    }

    /// <summary>Transport: drops the bytes and leaves the array, which somebody may still be reading, to the garbage collector.</summary>
    public void Abandon()
    {
        _array = [];
        Offset = 0;
        Count = 0;
    }

    private void MoveToFront()
    {
        if (Offset > 0 && Count > 0)
            Buffer.BlockCopy(_array, Offset, _array, 0, Count);
        Offset = 0;
    }

    private void MoveTo(byte[] target)
    {
        Unconsumed.CopyTo(target);
        if (_array.Length > 0)
            _pool.Return(_array);
        _array = target;
        Offset = 0;
    }
}

using System.Buffers;

namespace ActorBroker.Connections.Tests.Sockets;

/// <summary>A pool that knows what is out, refuses an array it did not rent or already has back, and soils what it gets back.</summary>
internal sealed class CountingPool : ArrayPool<byte>
{
    private readonly HashSet<byte[]> _out = [];
    private readonly Lock _lock = new();
    private int _largest;

    public int Outstanding
    {
        get
        {
            lock (_lock)
                return _out.Count;
        }
    }

    public int Largest => Volatile.Read(ref _largest);

    public override byte[] Rent(int minimumLength)
    {
        var array = new byte[minimumLength];
        lock (_lock)
        {
            _out.Add(array);
            _largest = Math.Max(_largest, minimumLength);
        }

        return array;
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        lock (_lock)
        {
            if (!_out.Remove(array))
                throw new InvalidOperationException("The array was not rented from this pool, or was returned twice.");
        }

        Array.Fill(array, (byte)0xEE);
    }
}

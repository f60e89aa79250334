using System.Text;

namespace ActorBroker.Core.Streams;

/// <summary>
/// Which filter values (header <c>x-stream-filter-value</c>) the messages of a segment have: a Bloom filter, so that it
/// may say yes for a value that is not there, but never no for one that is. Its bits are persisted: bit
/// <c>(h + i × g) mod size</c> for i from 0 to 3, where h is the FNV-1a hash of the value's UTF-8 bytes in 64 bits and g
/// that hash rotated by 32 bits, made odd.
/// </summary>
public sealed class FilterValueSet(byte[] bits)
{
    private const int Probes = 4;

    private string? _lastAdded;

    /// <summary>The bits, lowest first.</summary>
    public byte[] Bits => bits;

    /// <summary>Some message has no value.</summary>
    public bool HasUnfiltered { get; set; }

    public void Add(string value)
    {
        if (value == _lastAdded)
        {
            return;
        }

        _lastAdded = value;
        var (bit, step) = Hash(value);
        for (var i = 0; i < Probes; i++, bit += step)
        {
            var index = (int)(bit % ((ulong)bits.Length * 8));
            bits[index / 8] |= (byte)(1 << (index % 8));
        }
    }

    public bool MayContain(string value)
    {
        var (bit, step) = Hash(value);
        for (var i = 0; i < Probes; i++, bit += step)
        {
            var index = (int)(bit % ((ulong)bits.Length * 8));
            if ((bits[index / 8] & (1 << (index % 8))) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private static (ulong Hash, ulong Step) Hash(string value)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        return (hash, ulong.RotateLeft(hash, 32) | 1);
    }
}

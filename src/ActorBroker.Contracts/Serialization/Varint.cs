using System.Numerics;

namespace ActorBroker.Contracts.Serialization;

/// <summary>Integers of one to ten bytes, seven bits each, least significant first, as in Protobuf.</summary>
internal static class Varint
{
    public static int SizeOf(ulong value) => 1 + (BitOperations.Log2(value | 1) / 7);

    /// <summary>Writes a value and moves the span behind it.</summary>
    public static void Write(ref Span<byte> destination, ulong value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[length++] = (byte)(value | 0x80);
        }

        destination[length++] = (byte)value;
        destination = destination[length..];
    }

    /// <summary>Reads a value and moves the span behind it; false when it does not end within the span or has more than 64 bits.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        for (var index = 0; index < source.Length && index < 10; index++)
        {
            var next = source[index];
            if (index == 9 && next > 1)
            {
                return false;
            }

            value |= (ulong)(next & 0x7F) << (7 * index);
            if (next < 0x80)
            {
                source = source[(index + 1)..];
                return true;
            }
        }

        return false;
    }

    /// <summary>Maps numbers near zero, negative ones too, to small ones.</summary>
    public static ulong Zigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    /// <summary>The reverse of <see cref="Zigzag"/>.</summary>
    public static long Unzigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}

using System.Buffers.Binary;
using System.Numerics;

namespace ActorBroker.Core.Messages;

/// <summary>
/// CRC-32C (Castagnoli polynomial, reflected, as in RFC 3720 §12.1): processors compute it eight bytes at a time.
/// </summary>
public static class Crc32C
{
    /// <summary>The checksum of bytes that follow others; <paramref name="previous"/> is theirs, 0 for none.</summary>
    public static uint Append(uint previous, ReadOnlySpan<byte> bytes)
    {
        var crc = ~previous;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var rest in bytes)
        {
            crc = BitOperations.Crc32C(crc, rest);
        }

        return ~crc;
    }

    /// <summary>The checksum of these bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Append(0, bytes);
}

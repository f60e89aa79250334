using System.Buffers.Binary;
using ActorBroker.Core.Messages;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// A Protobuf message with a checksum: <c>content CRC-32C:u32</c>, little endian, the checksum being of the content.
/// Protobuf alone takes most changed bytes, and many ends that come too early, for another value.
/// </summary>
internal static class CheckedForm
{
    /// <summary>The form in one array of the exact size.</summary>
    public static byte[] Write(IMessage content)
    {
        var size = content.CalculateSize();
        var bytes = GC.AllocateUninitializedArray<byte>(checked(size + sizeof(uint)));
        content.WriteTo(bytes.AsSpan(0, size));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(size), Crc32C.Of(bytes.AsSpan(0, size)));
        return bytes;
    }

    /// <summary>The content, whose checksum is right.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static ReadOnlySpan<byte> ContentOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(uint))
        {
            throw new InvalidDataException($"{bytes.Length} bytes are too few for its checksum.");
        }

        var content = bytes[..^sizeof(uint)];
        return Crc32C.Of(content) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..])
            ? content
            : throw new InvalidDataException("Its checksum does not match.");
    }
}

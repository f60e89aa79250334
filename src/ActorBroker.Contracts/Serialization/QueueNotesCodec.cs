using System.Buffers.Binary;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The written form of <see cref="QueueNotes"/>, in sections of a journal event and in fields of a snapshot:
/// <code>
/// runs        count:varint { gap:zigzag count:varint value:zigzag }              gap from the end of the run before, value
///                                                                                less the value before, 0 at first
/// identities  count:varint { identity:u128 position:zigzag at:zigzag }           both less those before, 0 at first
/// </code>
/// </summary>
internal static class QueueNotesCodec
{
    private const int IdentitySize = 16;

    public static byte[] Write(PositionRun[] runs)
    {
        if (runs.Length == 0)
        {
            return [];
        }

        var size = Varint.SizeOf((ulong)runs.Length);
        var (end, value) = (0L, 0L);
        foreach (var run in runs)
        {
            var runSize = Varint.SizeOf(Varint.Zigzag(run.Positions.First - end)) + Varint.SizeOf((ulong)run.Positions.Count)
                + Varint.SizeOf(Varint.Zigzag(run.Value - value));
            size = checked(size + runSize);
            (end, value) = (run.Positions.End, run.Value);
        }

        var bytes = new byte[size];
        var rest = bytes.AsSpan();
        Varint.Write(ref rest, (ulong)runs.Length);
        (end, value) = (0, 0);
        foreach (var run in runs)
        {
            Varint.Write(ref rest, Varint.Zigzag(run.Positions.First - end));
            Varint.Write(ref rest, (ulong)run.Positions.Count);
            Varint.Write(ref rest, Varint.Zigzag(run.Value - value));
            (end, value) = (run.Positions.End, run.Value);
        }

        return bytes;
    }

    public static byte[] Write(RememberedIdentity[] identities)
    {
        if (identities.Length == 0)
        {
            return [];
        }

        var size = Varint.SizeOf((ulong)identities.Length);
        var (position, at) = (0L, 0L);
        foreach (var remembered in identities)
        {
            var identitySize = IdentitySize
                + Varint.SizeOf(Varint.Zigzag(remembered.Position - position)) + Varint.SizeOf(Varint.Zigzag(remembered.At - at));
            size = checked(size + identitySize);
            (position, at) = (remembered.Position, remembered.At);
        }

        var bytes = new byte[size];
        var rest = bytes.AsSpan();
        Varint.Write(ref rest, (ulong)identities.Length);
        (position, at) = (0, 0);
        foreach (var remembered in identities)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(rest, remembered.Identity);
            rest = rest[IdentitySize..];
            Varint.Write(ref rest, Varint.Zigzag(remembered.Position - position));
            Varint.Write(ref rest, Varint.Zigzag(remembered.At - at));
            (position, at) = (remembered.Position, remembered.At);
        }

        return bytes;
    }

    /// <summary>Reads runs; no bytes are no runs.</summary>
    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Write(PositionRun[])"/> writes.</exception>
    public static PositionRun[] ReadRuns(ReadOnlySpan<byte> rest)
    {
        var runs = new PositionRun[ReadCount(ref rest, sizeMin: 3)];
        var (end, value) = (0L, 0L);
        for (var i = 0; i < runs.Length; i++)
        {
            if (!Varint.TryRead(ref rest, out var gap) || !Varint.TryRead(ref rest, out var count) || !Varint.TryRead(ref rest, out var change))
            {
                throw Damaged();
            }

            runs[i] = new PositionRun(
                new PositionRange(unchecked(end + Varint.Unzigzag(gap)), (long)count), unchecked(value + Varint.Unzigzag(change)));
            (end, value) = (runs[i].Positions.End, runs[i].Value);
        }

        return rest.IsEmpty ? runs : throw Damaged();
    }

    /// <summary>Reads identities; no bytes are none.</summary>
    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Write(RememberedIdentity[])"/> writes.</exception>
    public static RememberedIdentity[] ReadIdentities(ReadOnlySpan<byte> rest)
    {
        var identities = new RememberedIdentity[ReadCount(ref rest, IdentitySize + 2)];
        var (position, at) = (0L, 0L);
        for (var i = 0; i < identities.Length; i++)
        {
            if (rest.Length < IdentitySize)
            {
                throw Damaged();
            }

            var identity = BinaryPrimitives.ReadUInt128LittleEndian(rest);
            rest = rest[IdentitySize..];
            if (!Varint.TryRead(ref rest, out var further) || !Varint.TryRead(ref rest, out var later))
            {
                throw Damaged();
            }

            (position, at) = unchecked((position + Varint.Unzigzag(further), at + Varint.Unzigzag(later)));
            identities[i] = new RememberedIdentity(identity, position, at);
        }

        return rest.IsEmpty ? identities : throw Damaged();
    }

    // Bounded by bytes that are there, before anything is allocated.
    private static int ReadCount(ref ReadOnlySpan<byte> rest, int sizeMin)
    {
        if (rest.IsEmpty)
        {
            return 0;
        }

        return Varint.TryRead(ref rest, out var count) && count <= (ulong)(rest.Length / sizeMin) ? (int)count : throw Damaged();
    }

    private static InvalidDataException Damaged() => new("What a queue notes of its messages is damaged: its parts do not make up its length.");
}

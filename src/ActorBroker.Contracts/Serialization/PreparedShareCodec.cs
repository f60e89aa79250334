using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The written form of a share of a transaction, in an event and in a snapshot:
/// <c>id:16 accepted rejected batch</c>, where the ranges are those of <see cref="PositionRangesCodec"/> and the batch
/// (MessageBatchCodec) takes the rest, and is absent when there are no messages.
/// </summary>
internal static class PreparedShareCodec
{
    public static int GetSize(PreparedShare share) => checked(HeadSize(share) + (share.Batch.Count == 0 ? 0 : MessageBatchCodec.GetSize(share.Batch)));

    /// <summary>Fills the exact size.</summary>
    public static void Write(PreparedShare share, Span<byte> destination)
    {
        share.Id.Write(destination);
        var rest = destination[TransactionId.Size..];
        PositionRangesCodec.Write(share.Accepted, ref rest);
        PositionRangesCodec.Write(share.Rejected, ref rest);
        if (share.Batch.Count > 0)
        {
            MessageBatchCodec.Write(share.Batch, rest);
        }
    }

    /// <summary>Reads a share, whose batch points into the array.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static PreparedShare Read(byte[] array, int offset, int length)
    {
        if (length < TransactionId.Size)
        {
            throw new InvalidDataException($"A prepared transaction has {length} bytes, too few for its id.");
        }

        var id = TransactionId.Read(array.AsSpan(offset, TransactionId.Size));
        ReadOnlySpan<byte> rest = array.AsSpan(offset + TransactionId.Size, length - TransactionId.Size);
        if (!PositionRangesCodec.TryRead(ref rest, out var accepted) || !PositionRangesCodec.TryRead(ref rest, out var rejected))
        {
            throw new InvalidDataException($"The settled positions of prepared transaction {id} do not end within its {length} bytes.");
        }

        var batch = rest.IsEmpty ? MessageBatch.Empty : MessageBatchCodec.Read(array, offset + length - rest.Length, rest.Length);
        return new PreparedShare(id, batch, accepted, rejected);
    }

    private static int HeadSize(PreparedShare share) =>
        checked(TransactionId.Size + PositionRangesCodec.GetSize(share.Accepted) + PositionRangesCodec.GetSize(share.Rejected));
}

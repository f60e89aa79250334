using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>
/// Settlements, alone and with the messages of a transaction: framed bytes, little endian, in the order of the record's
/// members.
/// <code>
/// commit     = link-sequence:i64 settle batch
/// prepare    = id:16 link-sequence:i64 settle batch
/// settle     = count:i32 { consumer:i32 outcome:u8 first:i64 count:i64 }
/// batch      = MessageBatchCodec
/// </code>
/// </summary>
internal static class SettlementFormats
{
    private const int SettlementSize = sizeof(int) + sizeof(byte) + (2 * sizeof(long));

    public static void AddTo(FormatTable formats)
    {
        formats.Add<CommitTransaction>("q-commit1", Write, ReadCommit);
        formats.Add<PrepareTransaction>("q-prepare1", Write, ReadPrepare);
        formats.Add<SettleMessages>("q-settle1", Write, ReadSettle);
    }

    private static byte[] Write(CommitTransaction message)
    {
        var size = checked(sizeof(long) + SizeOf(message.Settlements) + MessageBatchCodec.GetSize(message.Batch));
        var bytes = GC.AllocateUninitializedArray<byte>(size);
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt64(message.LinkSequence);
        Write(ref writer, message.Settlements);
        writer.WriteBatch(message.Batch);
        return bytes;
    }

    private static CommitTransaction ReadCommit(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var linkSequence = reader.ReadInt64();
        var settlements = ReadSettlements(ref reader);
        return new CommitTransaction(linkSequence, reader.ReadBatch(), settlements);
    }

    private static byte[] Write(PrepareTransaction message)
    {
        var size = checked(TransactionId.Size + sizeof(long) + SizeOf(message.Settlements) + MessageBatchCodec.GetSize(message.Batch));
        var bytes = GC.AllocateUninitializedArray<byte>(size);
        message.Id.Write(bytes);
        var writer = new ByteFrameWriter(bytes.AsSpan(TransactionId.Size));
        writer.WriteInt64(message.LinkSequence);
        Write(ref writer, message.Settlements);
        writer.WriteBatch(message.Batch);
        return bytes;
    }

    private static PrepareTransaction ReadPrepare(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var id = TransactionId.Read(reader.ReadBytes(TransactionId.Size));
        var linkSequence = reader.ReadInt64();
        var settlements = ReadSettlements(ref reader);
        return new PrepareTransaction(linkSequence, reader.ReadBatch(), settlements, id);
    }

    private static byte[] Write(SettleMessages message)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(SizeOf(message.Settlements));
        var writer = new ByteFrameWriter(bytes);
        Write(ref writer, message.Settlements);
        return bytes;
    }

    private static SettleMessages ReadSettle(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var settlements = ReadSettlements(ref reader);
        reader.End();
        return new SettleMessages(settlements);
    }

    private static int SizeOf(IReadOnlyList<Settlement> settlements) => checked(sizeof(int) + (settlements.Count * SettlementSize));

    private static void Write(ref ByteFrameWriter writer, IReadOnlyList<Settlement> settlements)
    {
        writer.WriteInt32(settlements.Count);
        for (var i = 0; i < settlements.Count; i++)
        {
            var settlement = settlements[i];
            writer.WriteInt32(settlement.ConsumerId);
            writer.WriteByte((byte)settlement.Outcome);
            writer.WriteInt64(settlement.Positions.First);
            writer.WriteInt64(settlement.Positions.Count);
        }
    }

    private static Settlement[] ReadSettlements(ref ByteFrameReader reader)
    {
        var settlements = new Settlement[reader.ReadCount(SettlementSize)];
        for (var i = 0; i < settlements.Length; i++)
        {
            settlements[i] = new Settlement(
                reader.ReadInt32(), ToOutcome(reader.ReadByte()), new PositionRange(reader.ReadInt64(), reader.ReadInt64()));
        }

        return settlements;
    }

    private static SettleOutcome ToOutcome(byte number) =>
        number <= (byte)SettleOutcome.Failed
            ? (SettleOutcome)number
            : throw new InvalidDataException($"{number} is no outcome of a settlement.");
}

using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Contracts.Serialization;

/// <content>Shares of transactions, and which transactions have ended.</content>
internal static partial class MessagesWrittenCodec
{
    private static int SizeOfTransactions(QueueWrite write)
    {
        var size = write.Ended.Length == 0 ? 0 : SectionHeaderSize + (write.Ended.Length * TransactionId.Size);
        foreach (var share in write.Prepared)
        {
            size = checked(size + SectionHeaderSize + PreparedShareCodec.GetSize(share));
        }

        return size;
    }

    private static void WriteTransactions(QueueWrite write, ref SectionWriter writer)
    {
        foreach (var share in write.Prepared)
        {
            var section = writer.Section(Prepared, PreparedShareCodec.GetSize(share));
            PreparedShareCodec.Write(share, section);
            writer.Cover(section.Length);
        }

        if (write.Ended.Length > 0)
        {
            var ended = writer.Section(Ended, write.Ended.Length * TransactionId.Size);
            for (var i = 0; i < write.Ended.Length; i++)
            {
                write.Ended[i].Write(ended[(i * TransactionId.Size)..]);
            }

            writer.Cover(ended.Length);
        }
    }

    private static TransactionId[] ReadEnded(ReadOnlySpan<byte> payload)
    {
        var ended = new TransactionId[payload.Length / TransactionId.Size];
        for (var i = 0; i < ended.Length; i++)
        {
            ended[i] = TransactionId.Read(payload.Slice(i * TransactionId.Size, TransactionId.Size));
        }

        return ended;
    }
}

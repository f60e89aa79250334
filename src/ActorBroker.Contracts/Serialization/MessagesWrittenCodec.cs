using System.Buffers.Binary;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The written form of <see cref="MessagesWritten"/>: sections of <c>type:u8 length:u32 payload</c>, little endian.
/// <code>
/// 1 head      at:i64 delivered-before:i64                  first, once
/// 2 batch     first-position:i64 batch                     MessageBatchCodec, which has a checksum of its own
/// 3 settled   count:varint { gap:zigzag count:varint }     PositionRangesCodec; at most once
/// 4 checksum  CRC-32C:u32                                  last, once: of all bytes before it but those of the batches
/// 16 copy     as batch, of messages that earlier events hold
/// 5 deadlines, 6 deaths, 7 returns, 8 delays               runs, 9 identities: see QueueNotesCodec; each at most once
/// 10 prepared id:16 accepted rejected batch                PreparedShareCodec
/// 11 ended    { id:16 }                                    transactions whose end is known; at most once
/// 64 lost     as settled                                   messages that the event held before it was repaired
/// 192 of a transient queue                                 empty
/// 193 marks   { publisher:i64 sequence:varint refused }    PublisherMarksCodec; at most once
/// </code>
/// The form only grows, by new types of sections, whose payload is under the checksum. A reader skips one that it does
/// not know if the type's high bit is set, and refuses the event otherwise.
/// </summary>
internal static partial class MessagesWrittenCodec
{
    private const byte Head = 1;
    private const byte Batch = 2;
    private const byte Settled = 3;
    private const byte Checksum = 4;
    private const byte Prepared = 10;
    private const byte Ended = 11;
    private const byte Lost = 64;
    private const byte OfTransientQueue = 192;
    private const byte Marks = 193;
    private const byte Deadlines = 5;
    private const byte Identities = 9;
    private const byte Copy = 16;
    private const byte Skippable = 0x80;
    private const int NoteCount = Identities - Deadlines + 1;
    private const int SectionHeaderSize = sizeof(byte) + sizeof(int);
    private const int HeadSize = sizeof(long) + sizeof(long);

    /// <summary>The event in one array of the exact size.</summary>
    public static byte[] Write(MessagesWritten written)
    {
        var write = written.Write;
        var settledSize = write.Settled.Length == 0 ? 0 : PositionRangesCodec.GetSize(write.Settled);
        var lostSize = written.Lost.Length == 0 ? 0 : PositionRangesCodec.GetSize(written.Lost);
        var size = SectionHeaderSize + HeadSize + SectionHeaderSize + sizeof(uint);
        size = settledSize == 0 ? size : checked(size + SectionHeaderSize + settledSize);
        size = lostSize == 0 ? size : checked(size + SectionHeaderSize + lostSize);
        size += written.IsOfTransientQueue ? SectionHeaderSize : 0;
        var marksSize = PublisherMarksCodec.GetSize(write.Marks, withTime: false);
        size = marksSize == 0 ? size : checked(size + SectionHeaderSize + marksSize);
        var notes = NotesOf(write.Notes);
        foreach (var note in notes)
        {
            size = note.Length == 0 ? size : checked(size + SectionHeaderSize + note.Length);
        }

        size = checked(size + SizeOfTransactions(write));
        var batchCount = write.Batches.Length + write.Copies.Length;
        Span<int> batchSizes = batchCount <= 128 ? stackalloc int[batchCount] : new int[batchCount];
        for (var i = 0; i < batchSizes.Length; i++)
        {
            batchSizes[i] = MessageBatchCodec.GetSize(BatchAt(write, i).Batch);
            size = checked(size + SectionHeaderSize + sizeof(long) + batchSizes[i]);
        }

        var bytes = GC.AllocateUninitializedArray<byte>(size);
        var writer = new SectionWriter(bytes);
        var head = writer.Section(Head, HeadSize);
        BinaryPrimitives.WriteInt64LittleEndian(head, written.At);
        BinaryPrimitives.WriteInt64LittleEndian(head[sizeof(long)..], write.DeliveredBefore);
        writer.Cover(HeadSize);
        for (var i = 0; i < batchSizes.Length; i++)
        {
            var placed = BatchAt(write, i);
            var batch = writer.Section(i < write.Batches.Length ? Batch : Copy, sizeof(long) + batchSizes[i]);
            BinaryPrimitives.WriteInt64LittleEndian(batch, placed.FirstPosition);
            MessageBatchCodec.Write(placed.Batch, batch[sizeof(long)..]);
            writer.Cover(sizeof(long));
        }

        WriteRanges(ref writer, Settled, write.Settled, settledSize);

        for (var i = 0; i < notes.Length; i++)
        {
            if (notes[i].Length > 0)
            {
                notes[i].CopyTo(writer.Section((byte)(Deadlines + i), notes[i].Length));
                writer.Cover(notes[i].Length);
            }
        }

        WriteTransactions(write, ref writer);
        WriteRanges(ref writer, Lost, written.Lost, lostSize);
        if (written.IsOfTransientQueue)
        {
            writer.Section(OfTransientQueue, 0);
            writer.Cover(0);
        }

        if (marksSize > 0)
        {
            PublisherMarksCodec.Write(write.Marks, withTime: false, writer.Section(Marks, marksSize));
            writer.Cover(marksSize);
        }

        writer.End();
        return bytes;
    }

    /// <summary>Reads an event, whose batches point into the array.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    /// <exception cref="NewerFormException">They are not, and hold a section that must be known and is not.</exception>
    public static MessagesWritten Read(byte[] bytes) => Read(bytes, lost: null);

    // Batches that are damaged go to the list, if there is one; nothing else may be.
    private static MessagesWritten Read(byte[] bytes, List<PositionRange>? lost)
    {
        var reader = new SectionReader(bytes);
        var head = reader.Next() is Head ? reader.Payload : throw reader.Damaged("it does not start with its head");
        if (head.Length != HeadSize)
        {
            throw reader.Damaged($"its head has {head.Length} bytes instead of {HeadSize}");
        }

        reader.Cover(HeadSize);
        var batches = new List<PlacedBatch>();
        var copies = new List<PlacedBatch>();
        PositionRange[]? settled = null;
        var prepared = new List<PreparedShare>();
        TransactionId[]? ended = null;
        var notes = new byte[]?[NoteCount];
        PositionRange[]? lostBefore = null;
        PublisherMark[]? marks = null;
        var isOfTransientQueue = false;
        byte? unknown = null;
        while (reader.Next() is not Checksum)
        {
            switch (reader.Type)
            {
                case Batch:
                    ReadBatch(ref reader, bytes, batches, lost);
                    break;
                case Copy:
                    ReadBatch(ref reader, bytes, copies, lost);
                    break;
                case Settled when settled is null:
                    settled = ReadRanges(reader);
                    reader.Cover(reader.Payload.Length);
                    break;
                case >= Deadlines and <= Identities when notes[reader.Type - Deadlines] is null:
                    notes[reader.Type - Deadlines] = reader.Payload.ToArray();
                    reader.Cover(reader.Payload.Length);
                    break;
                case Prepared:
                    prepared.Add(PreparedShareCodec.Read(bytes, reader.PayloadOffset, reader.Payload.Length));
                    reader.Cover(reader.Payload.Length);
                    break;
                case Ended when ended is null && reader.Payload.Length % TransactionId.Size == 0:
                    ended = ReadEnded(reader.Payload);
                    reader.Cover(reader.Payload.Length);
                    break;
                case Lost when lostBefore is null:
                    lostBefore = ReadRanges(reader);
                    reader.Cover(reader.Payload.Length);
                    break;
                case Marks when marks is null:
                    marks = PublisherMarksCodec.TryRead(reader.Payload, withTime: false)
                        ?? throw reader.Damaged("its marks do not end where their section does");
                    reader.Cover(reader.Payload.Length);
                    break;
                default:
                    isOfTransientQueue |= reader.Type == OfTransientQueue;
                    unknown ??= reader.Type < Skippable ? reader.Type : null;
                    reader.Cover(reader.Payload.Length);
                    break;
            }
        }

        reader.End();
        if (unknown is { } type)
        {
            throw new NewerFormException($"A journal event of messages has a section of type {type}, unknown here: it is from a newer version.");
        }

        var write = new QueueWrite([.. batches], settled ?? [], BinaryPrimitives.ReadInt64LittleEndian(head[sizeof(long)..]))
        {
            Notes = Array.TrueForAll(notes, static note => note is null) ? QueueNotes.None : ReadNotes(notes),
            Prepared = [.. prepared],
            Ended = ended ?? [],
            Copies = [.. copies],
            Marks = marks ?? [],
        };
        return new MessagesWritten(BinaryPrimitives.ReadInt64LittleEndian(head), write)
        {
            Lost = [.. lostBefore ?? [], .. lost ?? []],
            IsOfTransientQueue = isOfTransientQueue,
        };
    }

    private static PlacedBatch BatchAt(QueueWrite write, int index) =>
        index < write.Batches.Length ? write.Batches[index] : write.Copies[index - write.Batches.Length];

    private static byte[][] NotesOf(QueueNotes notes) => notes.IsEmpty
        ? []
        :
        [
            QueueNotesCodec.Write(notes.Deadlines), QueueNotesCodec.Write(notes.Deaths), QueueNotesCodec.Write(notes.Returns),
            QueueNotesCodec.Write(notes.Delays), QueueNotesCodec.Write(notes.Identities),
        ];

    private static QueueNotes ReadNotes(byte[]?[] notes) => new(
        QueueNotesCodec.ReadRuns(notes[0]), QueueNotesCodec.ReadRuns(notes[1]), QueueNotesCodec.ReadRuns(notes[2]),
        QueueNotesCodec.ReadRuns(notes[3]), QueueNotesCodec.ReadIdentities(notes[4]));

    private static void ReadBatch(ref SectionReader reader, byte[] bytes, List<PlacedBatch> batches, List<PositionRange>? lost)
    {
        if (reader.Payload.Length < sizeof(long))
        {
            throw reader.Damaged("a batch has no position");
        }

        try
        {
            var firstPosition = BinaryPrimitives.ReadInt64LittleEndian(reader.Payload);
            var batch = MessageBatchCodec.Read(bytes, reader.PayloadOffset + sizeof(long), reader.Payload.Length - sizeof(long));
            batches.Add(new PlacedBatch(firstPosition, batch));
        }
        catch (InvalidDataException) when (lost is not null)
        {
            AddPositionsOf(reader.Payload, reader.Payload.Length, lost);
        }

        reader.Cover(sizeof(long));
    }

    private static void WriteRanges(ref SectionWriter writer, byte type, PositionRange[] ranges, int size)
    {
        if (size > 0)
        {
            var section = writer.Section(type, size);
            PositionRangesCodec.Write(ranges, ref section);
            writer.Cover(size);
        }
    }

    private static PositionRange[] ReadRanges(SectionReader reader)
    {
        var rest = reader.Payload;
        if (!PositionRangesCodec.TryRead(ref rest, out var ranges))
        {
            throw reader.Damaged("its positions do not end within their section");
        }

        return rest.IsEmpty ? ranges : throw reader.Damaged("bytes are left over after its positions");
    }
}

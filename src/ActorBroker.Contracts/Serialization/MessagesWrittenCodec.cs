using System.Buffers.Binary;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lifetime;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The written form of <see cref="MessagesWritten"/>: sections of <c>type:u8 length:u32 payload</c>, little endian.
/// <code>
/// 1 head      at:i64 delivered-before:i64                  first, once
/// 2 batch     first-position:i64 batch                     MessageBatchCodec, which has a checksum of its own
/// 3 settled   count:varint { gap:zigzag count:varint }     gap from the end of the range before, 0 at first; at most once
/// 4 checksum  CRC-32C:u32                                  last, once: of all bytes before it but those of the batches
/// 16 copy     as batch, of messages that earlier events hold
/// 5 deadlines, 6 deaths, 7 returns, 8 delays               runs, 9 identities: see QueueNotesCodec; each at most once
/// </code>
/// The form only grows, by new types of sections. A reader skips one that it does not know if the type's high bit is
/// set, and refuses the event otherwise.
/// </summary>
internal static partial class MessagesWrittenCodec
{
    private const byte Head = 1;
    private const byte Batch = 2;
    private const byte Settled = 3;
    private const byte Checksum = 4;
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
        var settledSize = SizeOf(write.Settled);
        var size = SectionHeaderSize + HeadSize + SectionHeaderSize + sizeof(uint);
        size = settledSize == 0 ? size : checked(size + SectionHeaderSize + settledSize);
        var notes = NotesOf(write.Notes);
        foreach (var note in notes)
        {
            size = note.Length == 0 ? size : checked(size + SectionHeaderSize + note.Length);
        }

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

        if (settledSize != 0)
        {
            Write(write.Settled, writer.Section(Settled, settledSize));
            writer.Cover(settledSize);
        }

        for (var i = 0; i < notes.Length; i++)
        {
            if (notes[i].Length > 0)
            {
                notes[i].CopyTo(writer.Section((byte)(Deadlines + i), notes[i].Length));
                writer.Cover(notes[i].Length);
            }
        }

        writer.End();
        return bytes;
    }

    /// <summary>Reads an event, whose batches point into the array.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or hold a section that must be known and is not.</exception>
    public static MessagesWritten Read(byte[] bytes)
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
        var notes = new byte[]?[NoteCount];
        while (reader.Next() is not Checksum)
        {
            switch (reader.Type)
            {
                case Batch:
                    batches.Add(ReadBatch(ref reader, bytes));
                    break;
                case Copy:
                    copies.Add(ReadBatch(ref reader, bytes));
                    break;
                case Settled when settled is null:
                    settled = ReadSettled(reader);
                    reader.Cover(reader.Payload.Length);
                    break;
                case >= Deadlines and <= Identities when notes[reader.Type - Deadlines] is null:
                    notes[reader.Type - Deadlines] = reader.Payload.ToArray();
                    reader.Cover(reader.Payload.Length);
                    break;
                case >= Skippable:
                    reader.Cover(reader.Payload.Length);
                    break;
                default:
                    throw reader.Damaged($"a section of type {reader.Type} is unknown here");
            }
        }

        reader.End();
        var write = new QueueWrite([.. batches], settled ?? [], BinaryPrimitives.ReadInt64LittleEndian(head[sizeof(long)..]))
        {
            Notes = Array.TrueForAll(notes, static note => note is null) ? QueueNotes.None : ReadNotes(notes),
            Copies = [.. copies],
        };
        return new MessagesWritten(BinaryPrimitives.ReadInt64LittleEndian(head), write);
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

    private static PlacedBatch ReadBatch(ref SectionReader reader, byte[] bytes)
    {
        if (reader.Payload.Length < sizeof(long))
        {
            throw reader.Damaged("a batch has no position");
        }

        var firstPosition = BinaryPrimitives.ReadInt64LittleEndian(reader.Payload);
        var batch = MessageBatchCodec.Read(bytes, reader.PayloadOffset + sizeof(long), reader.Payload.Length - sizeof(long));
        reader.Cover(sizeof(long));
        return new PlacedBatch(firstPosition, batch);
    }

    private static int SizeOf(PositionRange[] settled)
    {
        if (settled.Length == 0)
        {
            return 0;
        }

        var size = Varint.SizeOf((ulong)settled.Length);
        var end = 0L;
        foreach (var range in settled)
        {
            var rangeSize = Varint.SizeOf(Varint.Zigzag(range.First - end)) + Varint.SizeOf((ulong)range.Count);
            size = checked(size + rangeSize);
            end = range.End;
        }

        return size;
    }

    private static void Write(PositionRange[] settled, Span<byte> destination)
    {
        Varint.Write(ref destination, (ulong)settled.Length);
        var end = 0L;
        foreach (var range in settled)
        {
            Varint.Write(ref destination, Varint.Zigzag(range.First - end));
            Varint.Write(ref destination, (ulong)range.Count);
            end = range.End;
        }
    }

    private static PositionRange[] ReadSettled(SectionReader reader)
    {
        var rest = reader.Payload;

        // A range takes two bytes at least: a count beyond that is a lie, and nothing is allocated for it.
        if (!Varint.TryRead(ref rest, out var count) || count > (ulong)rest.Length / 2)
        {
            throw reader.Damaged("its settled positions are more than their section holds");
        }

        var settled = new PositionRange[count];
        var end = 0L;
        for (var i = 0; i < settled.Length; i++)
        {
            if (!Varint.TryRead(ref rest, out var gap) || !Varint.TryRead(ref rest, out var length))
            {
                throw reader.Damaged($"settled range {i} does not end within its section");
            }

            settled[i] = new PositionRange(unchecked(end + Varint.Unzigzag(gap)), (long)length);
            end = settled[i].End;
        }

        return rest.IsEmpty ? settled : throw reader.Damaged("bytes are left over after its settled positions");
    }
}

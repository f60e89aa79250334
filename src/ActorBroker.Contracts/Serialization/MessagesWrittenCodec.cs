using System.Buffers.Binary;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
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
/// 5 deadlines, 6 deaths, 7 returns, 8 delays               runs, 9 identities: see QueueNotesCodec; each at most once
/// 10 prepared id:16 accepted rejected batch                PreparedShareCodec; the batch, perhaps absent, has a checksum of its own
/// 11 ended    { id:16 }                                    transactions whose end is known; at most once
/// </code>
/// The form only grows, by new types of sections. A reader skips one that it does not know if the type's high bit is
/// set, and refuses the event otherwise.
/// </summary>
internal static class MessagesWrittenCodec
{
    private const byte Head = 1;
    private const byte Batch = 2;
    private const byte Settled = 3;
    private const byte Checksum = 4;
    private const byte Deadlines = 5;
    private const byte Identities = 9;
    private const byte Prepared = 10;
    private const byte Ended = 11;
    private const byte Skippable = 0x80;
    private const int NoteCount = Identities - Deadlines + 1;
    private const int SectionHeaderSize = sizeof(byte) + sizeof(int);
    private const int HeadSize = sizeof(long) + sizeof(long);

    /// <summary>The event in one array of the exact size.</summary>
    public static byte[] Write(MessagesWritten written)
    {
        var write = written.Write;
        var settledSize = write.Settled.Length == 0 ? 0 : PositionRangesCodec.GetSize(write.Settled);
        var size = SectionHeaderSize + HeadSize + SectionHeaderSize + sizeof(uint);
        size = settledSize == 0 ? size : checked(size + SectionHeaderSize + settledSize);
        var notes = NotesOf(write.Notes);
        foreach (var note in notes)
        {
            size = note.Length == 0 ? size : checked(size + SectionHeaderSize + note.Length);
        }

        var preparedSizes = Array.ConvertAll(write.Prepared, PreparedShareCodec.GetSize);
        size = checked(size + (preparedSizes.Length * SectionHeaderSize) + preparedSizes.Sum());
        size += write.Ended.Length == 0 ? 0 : SectionHeaderSize + (write.Ended.Length * TransactionId.Size);
        Span<int> batchSizes = write.Batches.Length <= 128 ? stackalloc int[write.Batches.Length] : new int[write.Batches.Length];
        for (var i = 0; i < batchSizes.Length; i++)
        {
            batchSizes[i] = MessageBatchCodec.GetSize(write.Batches[i].Batch);
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
            var batch = writer.Section(Batch, sizeof(long) + batchSizes[i]);
            BinaryPrimitives.WriteInt64LittleEndian(batch, write.Batches[i].FirstPosition);
            MessageBatchCodec.Write(write.Batches[i].Batch, batch[sizeof(long)..]);
            writer.Cover(sizeof(long));
        }

        if (settledSize != 0)
        {
            var settled = writer.Section(Settled, settledSize);
            PositionRangesCodec.Write(write.Settled, ref settled);
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

        WriteTransactions(write, preparedSizes, ref writer);
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
        PositionRange[]? settled = null;
        var prepared = new List<PreparedShare>();
        TransactionId[]? ended = null;
        var notes = new byte[]?[NoteCount];
        while (reader.Next() is not Checksum)
        {
            switch (reader.Type)
            {
                case Batch:
                    batches.Add(ReadBatch(ref reader, bytes));
                    break;
                case Settled when settled is null:
                    settled = ReadSettled(reader);
                    reader.Cover(reader.Payload.Length);
                    break;
                case >= Deadlines and <= Identities when notes[reader.Type - Deadlines] is null:
                    notes[reader.Type - Deadlines] = reader.Payload.ToArray();
                    reader.Cover(reader.Payload.Length);
                    break;
                case Prepared:
                    prepared.Add(PreparedShareCodec.Read(bytes, reader.PayloadOffset, reader.Payload.Length, out var headSize));
                    reader.Cover(headSize);
                    break;
                case Ended when ended is null && reader.Payload.Length % TransactionId.Size == 0:
                    ended = ReadEnded(reader.Payload);
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
            Prepared = [.. prepared],
            Ended = ended ?? [],
        };
        return new MessagesWritten(BinaryPrimitives.ReadInt64LittleEndian(head), write);
    }

    private static void WriteTransactions(QueueWrite write, int[] preparedSizes, ref SectionWriter writer)
    {
        for (var i = 0; i < preparedSizes.Length; i++)
        {
            writer.Cover(PreparedShareCodec.Write(write.Prepared[i], writer.Section(Prepared, preparedSizes[i])));
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

    private static PositionRange[] ReadSettled(SectionReader reader)
    {
        var rest = reader.Payload;
        var settled = PositionRangesCodec.TryRead(ref rest, out var ranges)
            ? ranges
            : throw reader.Damaged("its settled positions do not end within their section");
        return rest.IsEmpty ? settled : throw reader.Damaged("bytes are left over after its settled positions");
    }

    private ref struct SectionWriter(Span<byte> bytes)
    {
        private readonly Span<byte> _bytes = bytes;
        private int _sectionStart;
        private int _position;
        private uint _checksum;

        /// <summary>Starts a section and gives its payload to fill.</summary>
        public Span<byte> Section(byte type, int length)
        {
            _sectionStart = _position;
            _bytes[_position] = type;
            BinaryPrimitives.WriteInt32LittleEndian(_bytes[(_position + 1)..], length);
            _position += SectionHeaderSize + length;
            return _bytes.Slice(_sectionStart + SectionHeaderSize, length);
        }

        /// <summary>Takes the section's header and so much of its filled payload into the checksum.</summary>
        public void Cover(int payloadLength) =>
            _checksum = Crc32C.Append(_checksum, _bytes.Slice(_sectionStart, SectionHeaderSize + payloadLength));

        public void End()
        {
            var checksum = _checksum;
            BinaryPrimitives.WriteUInt32LittleEndian(Section(Checksum, sizeof(uint)), checksum);
        }
    }

    private ref struct SectionReader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _sectionStart;
        private int _position;
        private uint _checksum;

        public byte Type { get; private set; }

        public ReadOnlySpan<byte> Payload { get; private set; }

        public readonly int PayloadOffset => _sectionStart + SectionHeaderSize;

        /// <summary>Goes to the next section, which must be there: only the checksum ends an event.</summary>
        public byte Next()
        {
            _sectionStart = _position;
            var rest = _bytes[_position..];
            if (rest.Length < SectionHeaderSize)
            {
                throw Damaged("it ends without its checksum");
            }

            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]);
            if (length > rest.Length - SectionHeaderSize)
            {
                throw Damaged($"a section of {length} bytes does not end within it");
            }

            Type = rest[0];
            Payload = rest.Slice(SectionHeaderSize, (int)length);
            _position += SectionHeaderSize + (int)length;
            return Type;
        }

        public void Cover(int payloadLength) =>
            _checksum = Crc32C.Append(_checksum, _bytes.Slice(_sectionStart, SectionHeaderSize + payloadLength));

        /// <summary>Checks the section that was gone to as the checksum that ends the event.</summary>
        public readonly void End()
        {
            if (Payload.Length != sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(Payload) != _checksum)
            {
                throw Damaged("its checksum does not match");
            }

            if (_position != _bytes.Length)
            {
                throw Damaged("bytes are left over after its checksum");
            }
        }

        public readonly InvalidDataException Damaged(string what) =>
            new($"A journal event of messages is damaged in the section at byte {_sectionStart} of {_bytes.Length}: {what}.");
    }
}

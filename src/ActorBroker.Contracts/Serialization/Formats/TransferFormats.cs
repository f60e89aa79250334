using System.Text;
using ActorBroker.Contracts.Transfer;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>
/// Parts of messages between nodes: framed bytes, little endian.
/// <code>
/// part       = line:i64 offset:i64 flags:u8 [ sender:text ] [ recipient:text manifest:text length:i32 ] bytes
///              flags: 1 a line begins, 2 a message begins, 4 an answer is wanted, 8 the line ends
/// taken      = line:i64 received:i64 limit:i64 again:u8
/// text       = length:u16 UTF-8
/// </code>
/// </summary>
internal static class TransferFormats
{
    private const int HeaderSize = sizeof(long) + sizeof(long) + sizeof(byte);
    private const byte LineBegins = 1;
    private const byte MessageBegins = 2;
    private const byte AnswerWanted = 4;
    private const byte LineEnds = 8;

    public static void AddTo(FormatTable formats)
    {
        formats.Add<MessagePart>("t-part1", Write, ReadPart);
        formats.Add<PartsTaken>("t-taken1", Write, ReadTaken);
    }

    private static byte[] Write(MessagePart part)
    {
        var size = HeaderSize
            + (part.Sender is { } path ? SizeOf(path) : 0)
            + (part.Start is { } start ? SizeOf(start.Recipient) + SizeOf(start.Manifest) + sizeof(int) : 0);
        var bytes = GC.AllocateUninitializedArray<byte>(size + part.Bytes.Length);
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt64(part.Line);
        writer.WriteInt64(part.Offset);
        writer.WriteByte((byte)((part.Sender is null ? 0 : LineBegins)
            | (part.Start is null ? 0 : MessageBegins)
            | (part.AsksForAnswer ? AnswerWanted : 0)
            | (part.IsEnd ? LineEnds : 0)));
        if (part.Sender is { } sender)
        {
            writer.WriteText(sender);
        }

        if (part.Start is { } message)
        {
            writer.WriteText(message.Recipient);
            writer.WriteText(message.Manifest);
            writer.WriteInt32(message.Length);
        }

        part.Bytes.Span.CopyTo(bytes.AsSpan(size));
        return bytes;
    }

    private static MessagePart ReadPart(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var line = reader.ReadInt64();
        var offset = reader.ReadInt64();
        var flags = reader.ReadByte();
        var sender = (flags & LineBegins) != 0 ? reader.ReadText() : null;
        var start = (flags & MessageBegins) != 0 ? new MessageStart(reader.ReadText(), reader.ReadText(), reader.ReadInt32()) : null;
        var length = reader.Remaining;
        if (start is { Length: < 0 or > PartLimits.MessageBytesMax } || length > PartLimits.PartBytes)
        {
            throw new InvalidDataException($"A part of {length} bytes of a message of {start?.Length} is too large.");
        }

        return new MessagePart(line, offset, sender, start, bytes.AsMemory(bytes.Length - length))
        {
            AsksForAnswer = (flags & AnswerWanted) != 0,
            IsEnd = (flags & LineEnds) != 0,
        };
    }

    private static byte[] Write(PartsTaken taken)
    {
        var bytes = new byte[(3 * sizeof(long)) + sizeof(byte)];
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt64(taken.Line);
        writer.WriteInt64(taken.Received);
        writer.WriteInt64(taken.Limit);
        writer.WriteByte(taken.Again ? (byte)1 : (byte)0);
        return bytes;
    }

    private static PartsTaken ReadTaken(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var taken = new PartsTaken(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadByte() != 0);
        reader.End();
        return taken;
    }

    private static int SizeOf(string text) => sizeof(ushort) + Encoding.UTF8.GetByteCount(text);
}

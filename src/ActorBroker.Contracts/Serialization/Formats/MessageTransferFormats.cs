using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>
/// What moves with every batch: framed bytes, little endian, in the order of the record's members.
/// <code>
/// publish    = link-sequence:i64 batch
/// deliver    = consumer:i32 count:i32 { segment }
/// taken      = request:i64 left:i64 present:u8 [ segment ]
/// segment    = first-position:i64 flags:u8 [ delivery-count:i32 acquired-count:i32 ] [ written-at:i64 ] length:i32 batch
///              flags: 1 redelivered, 2 counts are present, 4 of a stream, 8 time is present; only the segment's own messages
/// progress   = accepted:i64 confirmed:i64
/// rejected   = link-sequence:i64 count:i32 { index:i32 }
/// credit     = consumer:i32 bytes:i32
/// batch      = MessageBatchCodec
/// </code>
/// </summary>
internal static class MessageTransferFormats
{
    private const int SegmentHeaderSize = sizeof(long) + sizeof(byte) + sizeof(int);
    private const int CountsSize = 2 * sizeof(int);
    private const byte RedeliveredFlag = 1;
    private const byte CountsFlag = 2;
    private const byte StreamFlag = 4;
    private const byte TimeFlag = 8;

    public static void AddTo(FormatTable formats)
    {
        formats.Add<PublishBatch>("q-publish1", Write, ReadPublish);
        formats.Add<GrantCredit>("q-credit1", Write, ReadCredit);
        formats.Add<PublishProgress>("n-progress1", Write, ReadProgress);
        formats.Add<PublishRejected>("n-rejected1", Write, ReadRejected);
        formats.Add<DeliverMessages>("n-deliver1", Write, ReadDeliver);
        formats.Add<MessageTaken>("n-taken1", Write, ReadTaken);
    }

    private static byte[] Write(PublishBatch message)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(sizeof(long) + MessageBatchCodec.GetSize(message.Batch));
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt64(message.LinkSequence);
        writer.WriteBatch(message.Batch);
        return bytes;
    }

    private static PublishBatch ReadPublish(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        return new PublishBatch(reader.ReadInt64(), reader.ReadBatch());
    }

    private static byte[] Write(DeliverMessages message)
    {
        var size = sizeof(int) + sizeof(int);
        foreach (var segment in message.Segments)
        {
            size = checked(size + SizeOf(segment));
        }

        var bytes = GC.AllocateUninitializedArray<byte>(size);
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt32(message.ConsumerId);
        writer.WriteInt32(message.Segments.Length);
        foreach (var segment in message.Segments)
        {
            Write(ref writer, segment);
        }

        return bytes;
    }

    private static DeliverMessages ReadDeliver(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var consumerId = reader.ReadInt32();
        var segments = new DeliverySegment[reader.ReadCount(SegmentHeaderSize)];
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = ReadSegment(ref reader);
        }

        reader.End();
        return new DeliverMessages(consumerId, segments);
    }

    private static byte[] Write(MessageTaken message)
    {
        var size = sizeof(long) + sizeof(long) + sizeof(byte);
        var bytes = GC.AllocateUninitializedArray<byte>(message.Segment is { } taken ? checked(size + SizeOf(taken)) : size);
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt64(message.RequestId);
        writer.WriteInt64(message.MessagesLeft);
        writer.WriteByte(message.Segment is null ? (byte)0 : (byte)1);
        if (message.Segment is { } segment)
        {
            Write(ref writer, segment);
        }

        return bytes;
    }

    private static MessageTaken ReadTaken(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var requestId = reader.ReadInt64();
        var messagesLeft = reader.ReadInt64();
        DeliverySegment? segment = reader.ReadByte() == 0 ? null : ReadSegment(ref reader);
        reader.End();
        return new MessageTaken(requestId, segment, messagesLeft);
    }

    private static int SizeOf(DeliverySegment segment) =>
        checked(SegmentHeaderSize + (HasCounts(segment) ? CountsSize : 0) + (segment.WrittenAt != 0 ? sizeof(long) : 0)
            + MessageBatchCodec.GetSize(segment.Batch, segment.StartIndex, segment.Count));

    private static bool HasCounts(DeliverySegment segment) => (segment.DeliveryCount | segment.AcquiredCount) != 0;

    private static void Write(ref ByteFrameWriter writer, DeliverySegment segment)
    {
        writer.WriteInt64(segment.FirstPosition);
        writer.WriteByte((byte)((segment.Redelivered ? RedeliveredFlag : 0)
            | (HasCounts(segment) ? CountsFlag : 0)
            | (segment.IsOfStream ? StreamFlag : 0)
            | (segment.WrittenAt != 0 ? TimeFlag : 0)));
        if (HasCounts(segment))
        {
            writer.WriteInt32(segment.DeliveryCount);
            writer.WriteInt32(segment.AcquiredCount);
        }

        if (segment.WrittenAt != 0)
        {
            writer.WriteInt64(segment.WrittenAt);
        }

        writer.WriteSizedBatch(segment.Batch, segment.StartIndex, segment.Count);
    }

    private static DeliverySegment ReadSegment(ref ByteFrameReader reader)
    {
        var firstPosition = reader.ReadInt64();
        var flags = reader.ReadByte();
        var hasCounts = (flags & CountsFlag) != 0;
        var deliveryCount = hasCounts ? reader.ReadInt32() : 0;
        var acquiredCount = hasCounts ? reader.ReadInt32() : 0;
        var writtenAt = (flags & TimeFlag) != 0 ? reader.ReadInt64() : 0;
        var batch = reader.ReadSizedBatch();
        return new DeliverySegment(batch, 0, batch.Count, firstPosition, (flags & RedeliveredFlag) != 0)
        {
            DeliveryCount = deliveryCount,
            AcquiredCount = acquiredCount,
            IsOfStream = (flags & StreamFlag) != 0,
            WrittenAt = writtenAt,
        };
    }

    private static byte[] Write(PublishProgress message)
    {
        var bytes = new byte[sizeof(long) + sizeof(long)];
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt64(message.AcceptedSequence);
        writer.WriteInt64(message.ConfirmedSequence);
        return bytes;
    }

    private static PublishProgress ReadProgress(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var progress = new PublishProgress(reader.ReadInt64(), reader.ReadInt64());
        reader.End();
        return progress;
    }

    private static byte[] Write(PublishRejected message)
    {
        var bytes = new byte[checked(sizeof(long) + sizeof(int) + (message.Indexes.Length * sizeof(int)))];
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt64(message.LinkSequence);
        writer.WriteInt32(message.Indexes.Length);
        foreach (var index in message.Indexes)
        {
            writer.WriteInt32(index);
        }

        return bytes;
    }

    private static PublishRejected ReadRejected(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var linkSequence = reader.ReadInt64();
        var indexes = new int[reader.ReadCount(sizeof(int))];
        for (var i = 0; i < indexes.Length; i++)
        {
            indexes[i] = reader.ReadInt32();
        }

        reader.End();
        return new PublishRejected(linkSequence, indexes);
    }

    private static byte[] Write(GrantCredit message)
    {
        var bytes = new byte[sizeof(int) + sizeof(int)];
        var writer = new ByteFrameWriter(bytes);
        writer.WriteInt32(message.ConsumerId);
        writer.WriteInt32(message.Bytes);
        return bytes;
    }

    private static GrantCredit ReadCredit(byte[] bytes)
    {
        var reader = new ByteFrameReader(bytes);
        var credit = new GrantCredit(reader.ReadInt32(), reader.ReadInt32());
        reader.End();
        return credit;
    }
}

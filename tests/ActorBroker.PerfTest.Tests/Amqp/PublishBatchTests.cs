using ActorBroker.PerfTest.Amqp;
using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Load;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.PerfTest.Tests.Amqp;

public sealed class PublishBatchTests
{
    private const int FrameMax = 4096;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(10_000)]
    [InlineData(200_000)]
    public void Every_message_of_a_batch_is_whole_and_carries_its_stamp(int bodySize)
    {
        var batch = new PublishBatch("x", "key", persistent: true, bodySize, FrameMax);
        var count = Math.Min(batch.Capacity, 50);
        batch.Stamp(MessageStamp.Identity(1, 2, 900), batch.Capacity, 1);

        var frames = batch.Stamp(MessageStamp.Identity(1, 2, 3), count, sentAt: 12_345).ToArray();

        var messages = Assemble(frames, pieceSize: frames.Length);
        Assert.Equal(count, messages.Count);
        for (var index = 0; index < count; index++)
        {
            Assert.Equal(bodySize, messages[index].BodySize);
            Assert.Equal(bodySize >= 8, messages[index].HasIdentity);
            Assert.Equal(bodySize >= 16, messages[index].HasSentAt);
            if (bodySize >= 8)
                Assert.Equal(MessageStamp.Identity(1, 2, 3 + index), messages[index].Identity);
            if (bodySize >= 16)
                Assert.Equal(12_345, messages[index].SentAt);
        }
    }

    [Fact]
    public void A_stamp_is_read_however_the_bytes_are_cut()
    {
        var batch = new PublishBatch("", "q", persistent: false, bodySize: 20, FrameMax);
        var frames = batch.Stamp(MessageStamp.Identity(5, 6, 7), 2, sentAt: 8).ToArray();
        for (var pieceSize = 1; pieceSize <= frames.Length; pieceSize++)
        {
            var messages = Assemble(frames, pieceSize);
            Assert.Equal([MessageStamp.Identity(5, 6, 7), MessageStamp.Identity(5, 6, 8)], messages.Select(message => message.Identity));
            Assert.Equal([8L, 8L], messages.Select(message => message.SentAt));
        }
    }

    [Fact]
    public void Delivery_tag_and_redelivery_are_read_of_a_deliver()
    {
        var payload = new byte[100];
        var size = FrameWriter.WriteMethod(payload, 1, new BasicDeliver("tag"u8, 0x0102030405060708, redelivered: true, "x"u8, "k"u8));
        var assembler = default(DeliveryAssembler);

        assembler.OnDeliver(payload.AsSpan(Frame.HeaderSize, size - Frame.Overhead));

        Assert.Equal(0x0102030405060708UL, assembler.DeliveryTag);
        Assert.True(assembler.Redelivered);
    }

    private static List<DeliveryAssembler> Assemble(byte[] frames, int pieceSize)
    {
        var messages = new List<DeliveryAssembler>();
        var assembler = default(DeliveryAssembler);
        var decoder = new FrameDecoder(FrameMax);
        var position = 0;
        for (var end = Math.Min(pieceSize, frames.Length); ; end = Math.Min(end + pieceSize, frames.Length))
        {
            while (decoder.Read(frames.AsSpan(0, end), ref position, out var slice) == FrameDecodeStatus.Slice)
            {
                var payload = frames.AsSpan(slice.PayloadOffset, slice.PayloadLength);
                if ((slice.Type == FrameType.Header && assembler.OnContentHeader(payload))
                    || (slice.Type == FrameType.Body && assembler.OnBody(payload, slice.IsEnd)))
                    messages.Add(assembler);
            }

            Assert.Null(decoder.Error);
            if (end == frames.Length)
                return messages;
        }
    }
}

using System.Text;
using ActorBroker.PerfTest.Amqp;
using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Load;
using ActorBroker.PerfTest.Options;
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
        var size = FrameWriter.WriteMethod(payload, 1, new BasicDeliver("42"u8, 0x0102030405060708, redelivered: true, "x"u8, "k"u8));
        var assembler = default(DeliveryAssembler);

        assembler.OnDeliver(payload.AsSpan(Frame.HeaderSize, size - Frame.Overhead));

        Assert.Equal(0x0102030405060708UL, assembler.DeliveryTag);
        Assert.Equal(42, assembler.ConsumerTag);
        Assert.True(assembler.Redelivered);
    }

    [Fact]
    public void Keys_are_used_in_turn_whatever_batch_a_message_is_in()
    {
        var keys = new KeyRotation("some.key.", 3, 1);
        var batch = new PublishBatch("x", keys.KeyOf(0), persistent: false, bodySize: 8, FrameMax, keys);
        var used = new List<string>();
        for (var sequence = 1; sequence <= 8; sequence += 4)
            used.AddRange(KeysOf(batch.Stamp(MessageStamp.Identity(1, 2, sequence), 4, sentAt: 0).ToArray()));

        Assert.Equal(Enumerable.Range(0, 8).Select(index => $"some.key.{index % 3:D7}"), used);
    }

    private static List<string> KeysOf(byte[] frames)
    {
        var keys = new List<string>();
        var decoder = new FrameDecoder(FrameMax);
        var position = 0;
        while (decoder.Read(frames, ref position, out var slice) == FrameDecodeStatus.Slice)
        {
            if (slice.Type == FrameType.Method)
                keys.Add(Encoding.UTF8.GetString(BasicPublish.Read(frames.AsSpan(slice.PayloadOffset, slice.PayloadLength)).RoutingKey));
        }

        return keys;
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

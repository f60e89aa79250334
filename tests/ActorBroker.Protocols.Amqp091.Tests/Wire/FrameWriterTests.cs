using ActorBroker.Testing;
using System.Buffers;
using ActorBroker.Core.Arguments;
using ActorBroker.Protocols.Amqp091.Wire;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

public sealed class FrameWriterTests
{
    private const int FrameMax = 4096;

    [Fact]
    public void A_connection_start_frame_is_what_the_specification_says()
    {
        var start = new ConnectionStart(
            0, 9, ArgumentTable.Of(("product", ArgumentValue.FromString("RabbitMQ"))), "PLAIN AMQPLAIN", "en_US");
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.WriteMethod(output, channel: 0, start);
        Assert.Equal(
            Octets.Of(
                "01 0000 0000003A  000A 000A  00 09  00000015 07'product' 'S' 00000008'RabbitMQ'"
                + "0000000E'PLAIN AMQPLAIN' 00000005'en_US'  CE"),
            output.WrittenSpan);
    }

    [Fact]
    public void A_whole_publish_is_what_a_client_sends()
    {
        var frames = new byte[100];
        var length = FrameWriter.WriteMethod(frames, channel: 1, new BasicPublish("logs"u8, "a.b"u8, mandatory: true, immediate: false));
        length += FrameWriter.WriteContentHeader(
            frames.AsSpan(length), channel: 1, bodySize: 5, new BasicProperties { DeliveryMode = 2 }.ToArray());
        length += FrameWriter.WriteBodyFrames(frames.AsSpan(length), channel: 1, "hello"u8, FrameMax);
        Assert.Equal(
            Octets.Of(
                "01 0001 00000010  003C 0028  0000 04'logs' 03'a.b' 01  CE"
                + "02 0001 0000000F  003C 0000 0000000000000005 1000 02  CE"
                + "03 0001 00000005  'hello'  CE"),
            frames[..length]);
    }

    [Fact]
    public void A_heartbeat_is_eight_bytes() => Assert.Equal(Octets.Of("08 0000 00000000 CE"), FrameWriter.Heartbeat);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 9)]
    [InlineData(4088, 4096)]
    [InlineData(4089, 4105)]
    public void The_size_of_all_body_frames_is_known_before_they_are_written(int bodyLength, int framesSize)
    {
        Assert.Equal(framesSize, FrameWriter.GetBodyFramesSize(bodyLength, FrameMax));
        Assert.Equal(framesSize, FrameWriter.WriteBodyFrames(new byte[framesSize], 1, new byte[bodyLength], FrameMax));
    }

    [Fact]
    public void A_body_of_any_size_is_split_into_frames_that_the_decoder_joins_again() =>
        Gen.Byte.Array[0, 12_000].Sample(
            body =>
            {
                var frames = new byte[FrameWriter.GetBodyFramesSize(body.Length, FrameMax)];
                FrameWriter.WriteBodyFrames(frames, channel: 7, body, FrameMax);
                var decoder = new FrameDecoder(FrameMax);
                var position = 0;
                var joined = new List<byte>();
                while (decoder.Read(frames, ref position, out var slice) == FrameDecodeStatus.Slice)
                {
                    Assert.Equal((FrameType.Body, (ushort)7, true), (slice.Type, slice.Channel, slice.IsEnd));
                    joined.AddRange(frames.AsSpan(slice.PayloadOffset, slice.PayloadLength));
                }

                Assert.Equal(body, joined);
                Assert.Equal(frames.Length, position);
            },
            iter: 50);

    [Fact]
    public void Writing_the_methods_of_the_message_path_allocates_nothing()
    {
        var frame = new byte[64];
        var length = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            length += FrameWriter.WriteMethod(frame, 1, new BasicAck(5, Multiple: true));
            length += FrameWriter.WriteMethod(frame, 1, new BasicPublish("ex"u8, "rk"u8, false, false));
        }));
        Assert.Equal((21 + 21) * 1001, length);
    }

    [Fact]
    public void A_delivery_from_a_template_is_a_basic_deliver_with_tag_and_flag_patched_in() =>
        Gen.Select(Gen.ULong, Gen.Bool, Gen.UShort, Gen.Byte.Array[0, 255], Gen.Byte.Array[0, 255]).Sample(
            (tag, redelivered, channel, consumerTag, routingKey) =>
            {
                var template = new BasicDeliverTemplate(channel, consumerTag, "ex"u8, routingKey);
                var expected = new byte[template.Size];
                FrameWriter.WriteMethod(expected, channel, new BasicDeliver(consumerTag, tag, redelivered, "ex"u8, routingKey));
                var actual = new byte[template.Size];
                Assert.Equal(template.Size, template.Write(actual, tag, redelivered));
                Assert.Equal(expected, actual);
            });

    [Fact]
    public void A_template_knows_its_exchange_and_routing_key()
    {
        var template = new BasicDeliverTemplate(1, "ctag"u8, "ex"u8, "a.b"u8);
        Assert.True(template.IsFor("ex"u8, "a.b"u8));
        Assert.False(template.IsFor("ex"u8, "a.c"u8));
        Assert.False(template.IsFor("exa"u8, ".b"u8));
        Assert.False(template.IsFor(""u8, "exa.b"u8));
        Assert.True(template.IsForTarget(BasicPublish.TargetOf(Octets.Of("003C0028 0000 02'ex' 03'a.b' 00"))));
        Assert.False(template.IsForTarget(BasicPublish.TargetOf(Octets.Of("003C0028 0000 02'ex' 03'a.c' 00"))));
        Assert.Throws<ArgumentException>(() => template.Write(new byte[template.Size - 1], 1, false));
    }
}

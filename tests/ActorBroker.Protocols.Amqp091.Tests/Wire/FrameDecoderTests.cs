using ActorBroker.Testing;
using System.Text;
using ActorBroker.Protocols.Amqp091.Wire;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

public sealed class FrameDecoderTests
{
    private const int FrameMax = 4096;

    private static readonly Gen<(FrameType Type, ushort Channel, byte[] Payload)> AnyFrame = Gen.OneOf(
        Gen.Select(Gen.OneOf(FrameType.Method, FrameType.Header, FrameType.Body), Gen.UShort, Gen.Byte.Array[0, 50]),
        Gen.Select(Gen.Const(FrameType.Body), Gen.UShort, Gen.Byte.Array[0, 2000]),
        Gen.Const((FrameType.Heartbeat, (ushort)0, Array.Empty<byte>())));

    [Fact]
    public void A_frame_is_decoded_under_every_split_into_two_fragments()
    {
        (FrameType, ushort, byte[])[] frames =
        [
            (FrameType.Method, 1, Octets.Of("003C0028 0000 02'ex' 03'a.b' 01")),
            (FrameType.Header, 1, Octets.Of("003C 0000 0000000000000005 1000 02")),
            (FrameType.Body, 1, "hello"u8.ToArray()),
            (FrameType.Heartbeat, 0, []),
            (FrameType.Body, 2, []),
            (FrameType.Method, 65535, Octets.Of("00140029")),
        ];
        var stream = Encode(frames);
        for (var split = 0; split <= stream.Length; split++)
            Assert.Equal(Describe(frames), Decode(stream, [split]));
    }

    [Fact]
    public void Several_frames_are_decoded_under_any_splits() =>
        Gen.Select(AnyFrame.Array[1, 8], Gen.Int[0, 5000].Array[0, 12]).Sample((frames, splits) =>
        {
            var stream = Encode(frames);
            Assert.Equal(Describe(frames), Decode(stream, splits.Select(split => split % (stream.Length + 1))));
        });

    [Fact]
    public void Frames_that_arrive_byte_by_byte_are_decoded() => AnyFrame.Array[1, 3].Sample(
        frames =>
        {
            var stream = Encode(frames);
            Assert.Equal(Describe(frames), Decode(stream, Enumerable.Range(0, stream.Length)));
        },
        iter: 50);

    [Fact]
    public void A_body_frame_comes_in_pieces_of_what_is_there_and_ends_with_its_end_octet()
    {
        var decoder = new FrameDecoder(FrameMax);
        var stream = Encode([(FrameType.Body, 3, "hello"u8.ToArray())]);
        var position = 0;

        Assert.Equal(FrameDecodeStatus.NeedMore, decoder.Read(stream.AsSpan(0, 7), ref position, out _));
        Assert.Equal(8, decoder.BytesNeeded);
        Assert.Equal(FrameDecodeStatus.Slice, decoder.Read(stream.AsSpan(0, 9), ref position, out var first));
        Assert.Equal(new FrameSlice(FrameType.Body, 3, 7, 2, IsStart: true, IsEnd: false), first);
        Assert.Equal(FrameDecodeStatus.NeedMore, decoder.Read(stream.AsSpan(0, 9), ref position, out _));
        Assert.Equal(1, decoder.BytesNeeded);
        Assert.Equal(FrameDecodeStatus.Slice, decoder.Read(stream.AsSpan(0, 12), ref position, out var second));
        Assert.Equal(new FrameSlice(FrameType.Body, 3, 9, 3, IsStart: false, IsEnd: false), second);
        Assert.Equal(FrameDecodeStatus.Slice, decoder.Read(stream, ref position, out var last));
        Assert.Equal(new FrameSlice(FrameType.Body, 3, 12, 0, IsStart: false, IsEnd: true), last);
        Assert.Equal(stream.Length, position);
    }

    [Fact]
    public void A_method_frame_that_is_not_whole_says_how_many_bytes_it_needs()
    {
        var decoder = new FrameDecoder(FrameMax);
        var stream = Encode([(FrameType.Method, 1, new byte[FrameMax - 8])]);
        var position = 0;
        Assert.Equal(FrameDecodeStatus.NeedMore, decoder.Read(stream.AsSpan(0, 7), ref position, out _));
        Assert.Equal((FrameMax, 0), (decoder.BytesNeeded, position));
    }

    [Theory]
    [InlineData("01 0001 00000FF9", "frame of type 1 on channel 1 with a payload of 4089 bytes exceeds the frame size limit of 4096")]
    [InlineData("03 0001 FFFFFFFF", "frame of type 3 on channel 1 with a payload of 4294967295 bytes exceeds the frame size limit of 4096")]
    [InlineData("04 0001 00000000", "unknown frame type 4")]
    [InlineData("00 0000 00000000 CE", "unknown frame type 0")]
    [InlineData("08 0000 00000001 00 CE", "heartbeat frame of 1 bytes on channel 0, must be empty")]
    [InlineData("01 0001 00000004 0014000B CF", "frame of type 1 on channel 1 ends with 0xCF, not with 0xCE")]
    [InlineData("03 0001 00000000 00", "frame of type 3 on channel 1 ends with 0x00, not with 0xCE")]
    [InlineData("'GET / HTTP/1.1'", "unknown frame type 71")]
    public void Malformed_frames_are_frame_errors_with_a_precise_text(string notation, string text)
    {
        var decoder = new FrameDecoder(FrameMax);
        var position = 0;
        var bytes = Octets.Of(notation);
        Assert.Equal(FrameDecodeStatus.Malformed, decoder.Read(bytes, ref position, out _));
        Assert.Equal((ReplyCode.FrameError, text), (decoder.Error!.ReplyCode, decoder.Error.Message));
        Assert.Equal(FrameDecodeStatus.Malformed, decoder.Read(FrameWriter.Heartbeat, ref position, out _));
        Assert.Equal(0, position);
    }

    [Fact]
    public void A_wrong_end_octet_after_pieces_of_a_body_is_malformed()
    {
        var decoder = new FrameDecoder(FrameMax);
        var position = 0;
        Assert.Equal(FrameDecodeStatus.Slice, decoder.Read(Octets.Of("03 0001 00000002 AA"), ref position, out _));
        position = 0;
        Assert.Equal(FrameDecodeStatus.Malformed, decoder.Read(Octets.Of("BB 00"), ref position, out _));
        Assert.Equal("frame of type 3 on channel 1 ends with 0x00, not with 0xCE", decoder.Error!.Message);
    }

    [Fact]
    public void Arbitrary_bytes_never_throw_loop_or_ask_for_more_than_frame_max() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 200],
            Gen.Select(AnyFrame.Array[1, 4], Gen.Int[0, 5000], Gen.Byte).Select((frames, index, value) => Corrupt(frames, index, value)))
        .Sample(bytes =>
        {
            var decoder = new FrameDecoder(FrameMax);
            var position = 0;
            var slices = 0;
            FrameDecodeStatus status;
            while ((status = decoder.Read(bytes, ref position, out var slice)) == FrameDecodeStatus.Slice)
            {
                Assert.InRange(slice.PayloadOffset + slice.PayloadLength, 0, position);
                Assert.InRange(++slices, 1, bytes.Length);
            }

            if (status == FrameDecodeStatus.NeedMore)
                Assert.InRange(decoder.BytesNeeded, bytes.Length - position + 1, FrameMax);
            else
                Assert.NotNull(decoder.Error);
        });

    [Fact]
    public void A_larger_frame_max_takes_effect_after_tuning()
    {
        var decoder = new FrameDecoder(FrameMax);
        var stream = Encode([(FrameType.Method, 1, new byte[100_000])]);
        decoder.FrameMax = 131_072;
        var position = 0;
        Assert.Equal(FrameDecodeStatus.Slice, decoder.Read(stream, ref position, out var slice));
        Assert.Equal(100_000, slice.PayloadLength);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameDecoder(4095));
    }

    [Fact]
    public void Decoding_frames_allocates_nothing()
    {
        var stream = Encode([(FrameType.Method, 1, new byte[20]), (FrameType.Header, 1, new byte[20]), (FrameType.Body, 1, new byte[100])]);
        var count = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            var decoder = new FrameDecoder(FrameMax);
            var position = 0;
            while (decoder.Read(stream, ref position, out _) == FrameDecodeStatus.Slice)
                count++;
        }));
        Assert.Equal(3 * 1001, count);
    }

    /// <summary>Reads the stream in fragments as a connection does: what is not taken is carried over in front of the next one.</summary>
    private static List<string> Decode(byte[] stream, IEnumerable<int> splits)
    {
        var decoder = new FrameDecoder(FrameMax);
        var described = new List<string>();
        var body = new List<byte>();
        var carry = Array.Empty<byte>();
        var start = 0;
        foreach (var end in splits.Append(stream.Length).Order())
        {
            byte[] buffer = [.. carry, .. stream[start..end]];
            start = end;
            var position = 0;
            while (decoder.Read(buffer, ref position, out var slice) == FrameDecodeStatus.Slice)
            {
                Assert.Equal(slice.IsStart, body.Count == 0 || slice.Type != FrameType.Body);
                body.AddRange(buffer.AsSpan(slice.PayloadOffset, slice.PayloadLength));
                if (!slice.IsEnd)
                    continue;
                described.Add(Describe(slice.Type, slice.Channel, [.. body]));
                body.Clear();
            }

            Assert.Null(decoder.Error);
            carry = buffer[position..];
        }

        Assert.Empty(carry);
        return described;
    }

    private static List<string> Describe((FrameType Type, ushort Channel, byte[] Payload)[] frames) =>
        [.. frames.Select(frame => Describe(frame.Type, frame.Channel, frame.Payload))];

    private static string Describe(FrameType type, ushort channel, byte[] payload) =>
        new StringBuilder().Append(type).Append(' ').Append(channel).Append(' ').Append(Convert.ToHexString(payload)).ToString();

    private static byte[] Encode((FrameType Type, ushort Channel, byte[] Payload)[] frames)
    {
        var bytes = new List<byte>();
        foreach (var (type, channel, payload) in frames)
        {
            var size = payload.Length;
            bytes.AddRange([(byte)type, (byte)(channel >> 8), (byte)channel]);
            bytes.AddRange([(byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size]);
            bytes.AddRange(payload);
            bytes.Add(Frame.EndOctet);
        }

        return [.. bytes];
    }

    private static byte[] Corrupt((FrameType, ushort, byte[])[] frames, int index, byte value)
    {
        var stream = Encode(frames);
        stream[index % stream.Length] = value;
        return stream;
    }
}

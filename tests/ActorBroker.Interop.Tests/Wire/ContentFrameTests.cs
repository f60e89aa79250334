using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Wire;

public sealed class ContentFrameTests(BrokerFixture broker) : WireTest(broker)
{
    [Fact]
    public Task Content_without_a_publish_is_505() => AssertUnexpectedAsync(
        "expected method frame, got non method frame instead", (0, 0), connection => connection.SendHeaderAsync(1, 0));

    [Fact]
    public Task A_body_without_a_publish_is_505() => AssertUnexpectedAsync(
        "expected method frame, got non method frame instead",
        (0, 0),
        connection => connection.SendFrameAsync(FrameType.Body, 1, "x"u8.ToArray()));

    [Fact]
    public Task A_body_before_its_header_is_505() => AssertUnexpectedAsync(
        "expected content header for class 60, got non content header frame instead",
        (60, 40),
        async connection =>
        {
            await connection.SendPublishAsync(1, "", "queue");
            await connection.SendFrameAsync(FrameType.Body, 1, "x"u8.ToArray());
        });

    [Fact]
    public Task A_method_in_place_of_a_header_is_505() => AssertUnexpectedAsync(
        "expected content header for class 60, got non content header frame instead",
        (60, 40),
        async connection =>
        {
            await connection.SendPublishAsync(1, "", "queue");
            await connection.SendPublishAsync(1, "", "queue");
        });

    [Fact]
    public Task A_method_in_place_of_a_body_is_505() => AssertUnexpectedAsync(
        "expected content body, got non content body frame instead",
        (60, 40),
        async connection =>
        {
            await connection.SendPublishAsync(1, "", "queue");
            await connection.SendHeaderAsync(1, 5);
            await connection.SendPublishAsync(1, "", "queue");
        });

    [Fact]
    public Task A_header_of_another_class_is_505() => AssertUnexpectedAsync(
        "expected content header for class 60, got one for class 50 instead",
        (60, 40),
        async connection =>
        {
            await connection.SendPublishAsync(1, "", "queue");
            await connection.SendFrameAsync(FrameType.Header, 1, new Payload().U16(50).U16(0).U64(1).U16(0).ToArray());
        });

    [Fact]
    public async Task A_header_cut_off_closes_the_connection()
    {
        // 501 as RabbitMQ for a header shorter than its fixed part, or 502: properties that do not parse.
        await using var connection = await OpenWithChannelAsync();
        await connection.SendPublishAsync(1, "", "queue");
        await connection.SendFrameAsync(FrameType.Header, 1, [0, 60, 0]);
        Assert.Contains((await connection.ExpectConnectionCloseAsync()).Code, new ushort[] { 501, 502 });
    }

    [Fact]
    public async Task Properties_cut_off_close_the_connection()
    {
        // RabbitMQ fails with 541 INTERNAL_ERROR here; 502 SYNTAX_ERROR is what §1.8 has for it.
        await using var connection = await OpenWithChannelAsync();
        await connection.SendPublishAsync(1, "", await connection.DeclareQueueAsync(1));
        await connection.SendFrameAsync(
            FrameType.Header, 1, new Payload().U16(60).U16(0).U64(0).U16(0x8000).Octet(9).Raw("ab"u8).ToArray());
        Assert.Equal(Broker.IsOwn ? 502 : 541, (await connection.ExpectConnectionCloseAsync()).Code);
    }

    [OwnBrokerFact]
    public Task A_body_longer_than_announced_closes_the_connection() =>
        // RabbitMQ takes the surplus for part of the body. §4.2.6.2: a peer must not accept it.
        ConnectionErrorAsync(501, async connection =>
        {
            await connection.SendPublishAsync(1, "", "queue");
            await connection.SendHeaderAsync(1, 2);
            await connection.SendFrameAsync(FrameType.Body, 1, "abc"u8.ToArray());
        });

    [Fact]
    public async Task Bodies_may_come_in_any_frames_even_empty_ones()
    {
        await using var connection = await OpenWithChannelAsync();
        var queue = await connection.DeclareQueueAsync(1);
        await connection.SendPublishAsync(1, "", queue);
        await connection.SendHeaderAsync(1, 5);
        foreach (var part in new[] { "", "a", "bc", "", "de" })
        {
            await connection.SendFrameAsync(FrameType.Body, 1, System.Text.Encoding.ASCII.GetBytes(part));
        }

        Assert.Equal("abcde"u8.ToArray(), await GetAsync(connection, 1, queue));
    }

    [Fact]
    public async Task Contents_of_several_channels_may_be_interleaved()
    {
        await using var connection = await OpenWithChannelAsync();
        await connection.OpenChannelAsync(2);
        var (one, two) = (await connection.DeclareQueueAsync(1), await connection.DeclareQueueAsync(2));
        await connection.SendPublishAsync(1, "", one);
        await connection.SendPublishAsync(2, "", two);
        await connection.SendHeaderAsync(2, 4);
        await connection.SendHeaderAsync(1, 4);
        await connection.SendFrameAsync(FrameType.Body, 1, "o1"u8.ToArray());
        await connection.SendFrameAsync(FrameType.Body, 2, "t1"u8.ToArray());
        await connection.SendFrameAsync(FrameType.Heartbeat, 0, []);
        await connection.SendFrameAsync(FrameType.Body, 2, "t2"u8.ToArray());

        // Channel 2 is complete and usable while channel 1 is still in the middle of its content.
        Assert.Equal("t1t2"u8.ToArray(), await GetAsync(connection, 2, two));
        await connection.SendFrameAsync(FrameType.Body, 1, "o2"u8.ToArray());
        Assert.Equal("o1o2"u8.ToArray(), await GetAsync(connection, 1, one));
    }

    [Fact]
    public async Task Properties_come_back_octet_for_octet()
    {
        // Every field type RabbitMQ knows, in an order and with flags that a re-encoding would change.
        var headers = new Payload()
            .ShortString("t").Octet((byte)'t').Octet(1)
            .ShortString("b").Octet((byte)'b').Octet(0x80)
            .ShortString("B").Octet((byte)'B').Octet(0xFF)
            .ShortString("s").Octet((byte)'s').U16(0x8000)
            .ShortString("u").Octet((byte)'u').U16(0xFFFF)
            .ShortString("I").Octet((byte)'I').U32(0x80000000)
            .ShortString("i").Octet((byte)'i').U32(0xFFFFFFFF)
            .ShortString("l").Octet((byte)'l').U64(0x8000000000000000)
            .ShortString("f").Octet((byte)'f').U32(0x80000000)
            .ShortString("d").Octet((byte)'d').U64(0x8000000000000000)
            .ShortString("D").Octet((byte)'D').Octet(3).U32(0xFFFFFFFE)
            .ShortString("S").Octet((byte)'S').LongString([0xC3, 0x28, 0])
            .ShortString("A").Octet((byte)'A').LongString(new Payload().Octet((byte)'V').Octet((byte)'t').Octet(0).ToArray())
            .ShortString("T").Octet((byte)'T').U64(ulong.MaxValue)
            .ShortString("F").Octet((byte)'F').Table(new Payload().ShortString("").Octet((byte)'V'))
            .ShortString("V").Octet((byte)'V')
            .ShortString("x").Octet((byte)'x').LongString([1, 2, 3])
            .ShortString("t").Octet((byte)'t').Octet(0);
        var header = new Payload().U16(60).U16(0).U64(1).U16(0xB800).ShortString("type").Table(headers).Octet(1).Octet(9).ToArray();
        await using var connection = await OpenWithChannelAsync();
        var queue = await connection.DeclareQueueAsync(1);
        await connection.SendPublishAsync(1, "", queue);
        await connection.SendFrameAsync(FrameType.Header, 1, header);
        await connection.SendFrameAsync(FrameType.Body, 1, "x"u8.ToArray());

        await connection.SendMethodAsync(1, 60, 70, new Payload().U16(0).ShortString(queue).Octet(1));
        await connection.ExpectMethodAsync(1, 60, 71);
        Assert.Equal(header, (await connection.ReadFrameAsync()).Payload);
    }

    private async Task AssertUnexpectedAsync(string text, (ushort, ushort) method, Func<RawConnection, Task> send)
    {
        var reason = await ConnectionErrorAsync(505, send);
        Assert.Equal($"UNEXPECTED_FRAME - {text}", reason.Text);
        Assert.Equal(method, (reason.ClassId, reason.MethodId));
    }

    private static async Task<byte[]> GetAsync(RawConnection connection, ushort channel, string queue)
    {
        await connection.SendMethodAsync(channel, 60, 70, new Payload().U16(0).ShortString(queue).Octet(1));
        await connection.ExpectMethodAsync(channel, 60, 71);
        var size = (int)(await connection.ReadFrameAsync()).U64(4);
        var body = new List<byte>();
        while (body.Count < size)
        {
            body.AddRange((await connection.ReadFrameAsync()).Payload);
        }

        return [.. body];
    }
}

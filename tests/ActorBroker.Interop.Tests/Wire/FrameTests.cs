using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Wire;

public sealed class FrameTests(BrokerFixture broker) : WireTest(broker)
{
    [Fact]
    public Task A_frame_with_a_bad_end_octet_is_501() => ConnectionErrorAsync(501, connection =>
        connection.SendFrameAsync(FrameType.Method, 1, RawConnection.Method(60, 10, new Payload().U32(0).U16(0).Octet(0)), end: 0));

    [Fact]
    public Task A_frame_larger_than_negotiated_is_501_at_its_header() => ConnectionErrorAsync(501, connection =>
        connection.SendRawAsync(new Payload().Octet(3).U16(1).U32(131073).ToArray()));

    [Fact]
    public async Task A_frame_larger_than_a_small_negotiated_size_is_501()
    {
        await using var connection = await OpenWithChannelAsync(frameMax: 4096);
        await connection.SendRawAsync(new Payload().Octet(3).U16(1).U32(4097).ToArray());
        Assert.Equal(501, (await connection.ExpectConnectionCloseAsync()).Code);
    }

    [Fact]
    public async Task No_frame_of_the_server_exceeds_a_frame_max_of_4096()
    {
        await using var connection = await OpenWithChannelAsync(frameMax: 4096);
        var queue = await connection.DeclareQueueAsync(1);
        var body = new byte[10_000];
        new Random(4096).NextBytes(body);
        await connection.SendPublishAsync(1, "", queue);
        await connection.SendHeaderAsync(1, (ulong)body.Length);
        foreach (var part in body.Chunk(4088))
        {
            await connection.SendFrameAsync(FrameType.Body, 1, part);
        }

        await connection.SendMethodAsync(1, 60, 70, new Payload().U16(0).ShortString(queue).Octet(1));
        await connection.ExpectMethodAsync(1, 60, 71);
        Assert.Equal(10_000ul, (await connection.ReadFrameAsync()).U64(4));
        var received = new List<byte>();
        while (received.Count < body.Length)
        {
            var frame = await connection.ReadFrameAsync();
            Assert.Equal(FrameType.Body, frame.Type);
            Assert.True(frame.Payload.Length <= 4088, $"a payload of {frame.Payload.Length}");
            received.AddRange(frame.Payload);
        }

        Assert.Equal(body, received);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    [InlineData(255)]
    public Task An_unknown_frame_type_is_501(byte type) =>
        ConnectionErrorAsync(501, connection => connection.SendFrameAsync((FrameType)type, 1, "abc"u8.ToArray()));

    [Fact]
    public async Task A_heartbeat_on_a_channel_or_with_a_payload_is_an_error()
    {
        // §4.2.7 asks for 501; RabbitMQ answers the first with 505 UNEXPECTED_FRAME.
        await using var connection = await OpenWithChannelAsync();
        await connection.SendFrameAsync(FrameType.Heartbeat, 5, []);
        Assert.Contains((await connection.ExpectConnectionCloseAsync()).Code, new ushort[] { 501, 503, 505 });
        await ConnectionErrorAsync(501, other => other.SendFrameAsync(FrameType.Heartbeat, 0, "x"u8.ToArray()));
    }

    [Theory]
    [InlineData(50, 10)]
    [InlineData(60, 80)]
    [InlineData(20, 10)]
    public async Task A_method_of_a_channel_class_on_channel_zero_is_a_connection_error(ushort classId, ushort methodId)
    {
        // The specification says 503 COMMAND_INVALID (§1.4.2.1), RabbitMQ 504 CHANNEL_ERROR.
        var arguments = (classId, methodId) switch
        {
            (50, 10) => new Payload().U16(0).ShortString("queue").Octet(0).Table(),
            (60, 80) => new Payload().U64(1).Octet(0),
            _ => new Payload().ShortString(""),
        };
        await using var connection = await OpenWithChannelAsync();
        await connection.SendMethodAsync(0, classId, methodId, arguments);
        var reason = await connection.ExpectConnectionCloseAsync();
        Assert.Contains(reason.Code, new ushort[] { 503, 504 });
        Assert.Equal((classId, methodId), (reason.ClassId, reason.MethodId));
    }

    [Fact]
    public async Task A_connection_method_on_a_channel_is_503()
    {
        var reason = await ConnectionErrorAsync(503, connection => connection.SendMethodAsync(
            1, 10, 50, new Payload().U16(200).ShortString("OK").U16(0).U16(0)));
        Assert.Equal((10, 50), (reason.ClassId, reason.MethodId));
    }

    [Fact]
    public async Task Content_frames_on_channel_zero_are_505()
    {
        await ConnectionErrorAsync(505, connection => connection.SendHeaderAsync(0, 1));
        await ConnectionErrorAsync(505, connection => connection.SendFrameAsync(FrameType.Body, 0, "x"u8.ToArray()));
    }

    [Theory]
    [InlineData(50, 10)]
    [InlineData(60, 80)]
    [InlineData(20, 40)]
    [InlineData(20, 41)]
    public async Task A_method_on_a_channel_that_is_not_open_is_504(ushort classId, ushort methodId)
    {
        var arguments = (classId, methodId) switch
        {
            (50, 10) => new Payload().U16(0).ShortString("queue").Octet(0).Table(),
            (60, 80) => new Payload().U64(1).Octet(0),
            (20, 40) => new Payload().U16(200).ShortString("OK").U16(0).U16(0),
            _ => new Payload(),
        };
        var reason = await ConnectionErrorAsync(504, connection => connection.SendMethodAsync(5, classId, methodId, arguments));
        Assert.Equal("CHANNEL_ERROR - expected 'channel.open'", reason.Text);
        Assert.Equal((classId, methodId), (reason.ClassId, reason.MethodId));
    }

    [Fact]
    public async Task Opening_a_channel_twice_is_504()
    {
        var reason = await ConnectionErrorAsync(504, connection => connection.SendMethodAsync(1, 20, 10, new Payload().ShortString("")));
        Assert.Equal("CHANNEL_ERROR - second 'channel.open' seen", reason.Text);
    }

    [Fact]
    public async Task One_channel_more_than_negotiated_is_530()
    {
        await using var connection = await RawConnection.OpenAsync(Broker.Endpoint, channelMax: 2);
        await connection.OpenChannelAsync(1);
        await connection.OpenChannelAsync(2);
        await connection.SendMethodAsync(3, 20, 10, new Payload().ShortString(""));
        var reason = await connection.ExpectConnectionCloseAsync();
        Assert.Equal(530, reason.Code);
        Assert.Equal("NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)", reason.Text);
    }

    [Fact]
    public async Task Connection_open_when_open_is_a_connection_error()
    {
        // The specification would have 503; RabbitMQ says 504 `unexpected method in connection state running`.
        await using var connection = await OpenWithChannelAsync();
        await connection.SendOpenAsync();
        Assert.Contains((await connection.ExpectConnectionCloseAsync()).Code, new ushort[] { 503, 504 });
    }

    [Fact]
    public async Task A_clean_close_is_answered_and_the_connection_ends()
    {
        await using var connection = await OpenWithChannelAsync();
        await connection.SendMethodAsync(0, 10, 50, new Payload().U16(200).ShortString("OK").U16(0).U16(0));
        await connection.ExpectMethodAsync(0, 10, 51);

        // RabbitMQ leaves it to the client to close the socket (§2.2.4), and waits for it longer than a test should.
        if (Broker.IsOwn)
        {
            Assert.Empty(await connection.ExpectEndAsync());
        }
    }
}

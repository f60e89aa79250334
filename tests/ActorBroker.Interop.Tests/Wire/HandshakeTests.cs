using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Wire;

public sealed class HandshakeTests(BrokerFixture broker) : WireTest(broker)
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("AMQP\u0000\u0001\u0000\u0000")]
    [InlineData("AMQP\u0003\u0001\u0000\u0000")]
    [InlineData("AMQP\u0000\u0000\u0009\u0009")]
    [InlineData("\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000")]
    public async Task A_wrong_protocol_header_is_answered_with_the_right_one_and_the_end(string header)
    {
        await using var connection = await RawConnection.ConnectAsync(Broker.Endpoint);
        await connection.SendRawAsync(Encoding.Latin1.GetBytes(header));
        Assert.Equal(RawConnection.ProtocolHeader, await connection.ReadRawAsync(8));
        Assert.Empty(await connection.ExpectEndAsync());
    }

    [Fact]
    public async Task The_server_starts_with_version_mechanisms_and_locales()
    {
        await using var connection = await RawConnection.ConnectAsync(Broker.Endpoint);
        await connection.SendRawAsync(RawConnection.ProtocolHeader);
        var start = await connection.ExpectMethodAsync(0, 10, 10);

        Assert.Equal((0, 9), (start.Payload[4], start.Payload[5]));
        var mechanismsAt = 10 + (int)start.U32(6);
        var mechanisms = Encoding.UTF8.GetString(start.Payload, mechanismsAt + 4, (int)start.U32(mechanismsAt)).Split(' ');
        Assert.Contains("PLAIN", mechanisms);
        Assert.Contains("AMQPLAIN", mechanisms);
        var localesAt = mechanismsAt + 4 + (int)start.U32(mechanismsAt);
        Assert.Equal("en_US", Encoding.UTF8.GetString(start.Payload, localesAt + 4, (int)start.U32(localesAt)));
    }

    [Fact]
    public async Task The_header_may_arrive_octet_by_octet_and_with_the_next_frames()
    {
        await using var connection = await RawConnection.ConnectAsync(Broker.Endpoint);
        foreach (var octet in RawConnection.ProtocolHeader)
        {
            await connection.SendRawAsync(new[] { octet });
        }

        await connection.ExpectMethodAsync(0, 10, 10);
        await connection.SendStartOkAsync("PLAIN", "\0guest\0guest"u8.ToArray(), closeOnFailure: true);
        await connection.ExpectMethodAsync(0, 10, 30);

        // Everything from tune-ok to the first channel in one write, as clients that pipeline do.
        byte[][] frames =
        [
            RawConnection.Frame(FrameType.Method, 0, RawConnection.Method(10, 31, new Payload().U16(10).U32(131072).U16(0))),
            RawConnection.Frame(FrameType.Method, 0, RawConnection.Method(10, 40, new Payload().ShortString("/").ShortString("").Octet(0))),
            RawConnection.Frame(FrameType.Method, 7, RawConnection.Method(20, 10, new Payload().ShortString(""))),
        ];
        await connection.SendRawAsync(frames.SelectMany(frame => frame).ToArray());
        await connection.ExpectMethodAsync(0, 10, 41);
        await connection.ExpectMethodAsync(7, 20, 11);
    }

    [Fact]
    public async Task Tune_offers_the_servers_limits()
    {
        await using var connection = await RawConnection.StartAsync(Broker.Endpoint);
        await connection.SendStartOkAsync("PLAIN", "\0guest\0guest"u8.ToArray(), closeOnFailure: true);
        var tune = await connection.ExpectMethodAsync(0, 10, 30);
        Assert.Equal((2047, 131072u, 60), (tune.U16(4), tune.U32(6), tune.U16(10)));
    }

    [Fact]
    public async Task AMQPLAIN_logs_in_with_a_table()
    {
        await using var connection = await RawConnection.StartAsync(Broker.Endpoint);
        var credentials = new Payload()
            .ShortString("LOGIN").Octet((byte)'S').LongString("guest"u8)
            .ShortString("PASSWORD").Octet((byte)'S').LongString("guest"u8);
        await connection.SendStartOkAsync("AMQPLAIN", credentials.ToArray(), closeOnFailure: true);
        await connection.ExpectMethodAsync(0, 10, 30);
    }

    [Theory]
    [InlineData("PLAIN", "\0guest\0wrong")]
    [InlineData("PLAIN", "\0\0")]
    public async Task A_refused_login_is_told_to_a_client_that_can_take_it(string mechanism, string response)
    {
        await using var connection = await RawConnection.StartAsync(Broker.Endpoint);
        await connection.SendStartOkAsync(mechanism, Encoding.UTF8.GetBytes(response), closeOnFailure: true);
        var reason = await connection.ExpectConnectionCloseAsync();
        Assert.Equal(403, reason.Code);
        Assert.Equal(
            "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.", reason.Text);
    }

    [Fact]
    public async Task A_refused_login_without_the_capability_just_ends()
    {
        await using var connection = await RawConnection.StartAsync(Broker.Endpoint);
        await connection.SendStartOkAsync("PLAIN", "\0guest\0wrong"u8.ToArray(), closeOnFailure: false);
        Assert.Empty(await connection.ExpectEndAsync());
    }

    [Fact]
    public async Task An_unknown_virtual_host_is_530_with_the_method_named()
    {
        await using var connection = await RawConnection.TuneAsync(Broker.Endpoint);
        await connection.SendTuneOkAsync(10, 131072, 0);
        await connection.SendOpenAsync("no/such");
        var reason = await connection.ExpectConnectionCloseAsync();
        Assert.Equal(new CloseReason(0, true, 530, "NOT_ALLOWED - vhost no/such not found", 10, 40), reason);
    }

    [Fact]
    public async Task Heartbeats_are_welcome_during_the_handshake()
    {
        await using var connection = await RawConnection.StartAsync(Broker.Endpoint);
        await connection.SendFrameAsync(FrameType.Heartbeat, 0, []);
        await connection.SendStartOkAsync("PLAIN", "\0guest\0guest"u8.ToArray(), closeOnFailure: true);
        await connection.ExpectMethodAsync(0, 10, 30);
    }

    public static TheoryData<string> MisbehavioursBeforeOpen => new()
    {
        "unknown mechanism",
        "malformed PLAIN response",
        "start-ok twice",
        "tune-ok before start-ok",
        "open before tune-ok",
        "channel.open before connection.open",
        "frame-max below 4096",
        "frame-max above the server's",
        "channel-max above the server's",
        "bad frame end",
        "frame larger than any before tuning",
    };

    /// <summary>
    /// RabbitMQ ends such a connection without a word after 3 s. The specification lets a peer that cannot go on close
    /// the socket (§2.2.4, §4.2.3) and prefers connection.close: both are accepted, going on is not.
    /// </summary>
    [Theory]
    [MemberData(nameof(MisbehavioursBeforeOpen))]
    public async Task Misbehaviour_before_open_ends_the_connection(string what)
    {
        await using var connection = await RawConnection.StartAsync(Broker.Endpoint);
        await MisbehaveAsync(connection, what);
        var answer = await connection.ExpectEndAsync();
        if (answer.Length == 0)
        {
            return;
        }

        var frame = new RawFrame((FrameType)answer[0], 0, answer[7..^1]);
        Assert.True(CloseReason.From(frame) is { OfConnection: true }, $"{what} was answered with {frame}");
        Assert.True(frame.U16(4) is 403 or (>= 501 and <= 540), $"{what} was answered with {frame}");
    }

    private static async Task MisbehaveAsync(RawConnection connection, string what)
    {
        var plain = "\0guest\0guest"u8.ToArray();
        switch (what)
        {
            case "unknown mechanism":
                await connection.SendStartOkAsync("NOPE", plain, closeOnFailure: true);
                break;
            case "malformed PLAIN response":
                await connection.SendStartOkAsync("PLAIN", "junk"u8.ToArray(), closeOnFailure: true);
                break;
            case "start-ok twice":
                await connection.SendStartOkAsync("PLAIN", plain, closeOnFailure: true);
                await connection.ExpectMethodAsync(0, 10, 30);
                await connection.SendStartOkAsync("PLAIN", plain, closeOnFailure: true);
                break;
            case "tune-ok before start-ok":
                await connection.SendTuneOkAsync(10, 131072, 0);
                break;
            case "channel.open before connection.open":
                await connection.SendMethodAsync(1, 20, 10, new Payload().ShortString(""));
                break;
            case "bad frame end":
                await connection.SendFrameAsync(FrameType.Method, 0, [0, 10, 0, 11], end: 0);
                break;
            case "frame larger than any before tuning":
                await connection.SendRawAsync(new Payload().Octet(1).U16(0).U32(10_000_000).ToArray());
                break;
            default:
                await connection.SendStartOkAsync("PLAIN", plain, closeOnFailure: true);
                await connection.ExpectMethodAsync(0, 10, 30);
                await (what switch
                {
                    "open before tune-ok" => connection.SendOpenAsync(),
                    "frame-max below 4096" => connection.SendTuneOkAsync(10, 4095, 0),
                    "frame-max above the server's" => connection.SendTuneOkAsync(10, 131073, 0),
                    "channel-max above the server's" => connection.SendTuneOkAsync(2048, 131072, 0),
                    _ => throw new ArgumentOutOfRangeException(nameof(what), what, "no such misbehaviour"),
                });
                break;
        }
    }
}

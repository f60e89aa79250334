using System.Buffers.Binary;
using System.Net.Sockets;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Wire;

/// <summary>
/// A socket with just enough AMQP 0-9-1 to reach any state of the protocol and then do wrong: it never corrects what
/// a test asks it to send, and reads what the broker answers frame by frame.
/// </summary>
public sealed class RawConnection : IAsyncDisposable
{
    public static readonly byte[] ProtocolHeader = [(byte)'A', (byte)'M', (byte)'Q', (byte)'P', 0, 0, 9, 1];

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly CancellationTokenSource _limit = new(BrokerFixture.Limit);

    private RawConnection()
    {
    }

    private NetworkStream Stream => _client.GetStream();

    /// <summary>A connected socket on which nothing was said yet.</summary>
    public static async Task<RawConnection> ConnectAsync(BrokerEndpoint endpoint)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(endpoint.Host, endpoint.Port, connection._limit.Token);
        return connection;
    }

    /// <summary>A connection on which the protocol header was sent and <c>connection.start</c> received.</summary>
    public static async Task<RawConnection> StartAsync(BrokerEndpoint endpoint)
    {
        var connection = await ConnectAsync(endpoint);
        await connection.SendRawAsync(ProtocolHeader);
        await connection.ExpectMethodAsync(0, 10, 10);
        return connection;
    }

    /// <summary>As <see cref="StartAsync"/>, then logged in: <c>connection.tune</c> was received.</summary>
    public static async Task<RawConnection> TuneAsync(BrokerEndpoint endpoint)
    {
        var connection = await StartAsync(endpoint);
        await connection.SendStartOkAsync("PLAIN", "\0guest\0guest"u8.ToArray(), closeOnFailure: true);
        await connection.ExpectMethodAsync(0, 10, 30);
        return connection;
    }

    /// <summary>An open connection to virtual host <c>/</c>.</summary>
    public static async Task<RawConnection> OpenAsync(
        BrokerEndpoint endpoint, ushort channelMax = 2047, uint frameMax = 131072, ushort heartbeatSeconds = 0)
    {
        var connection = await TuneAsync(endpoint);
        await connection.SendTuneOkAsync(channelMax, frameMax, heartbeatSeconds);
        await connection.SendOpenAsync();
        await connection.ExpectMethodAsync(0, 10, 41);
        return connection;
    }

    /// <summary>From now on the test may take so long, for one that is about waiting.</summary>
    public void LimitTo(TimeSpan time) => _limit.CancelAfter(time);

    public Task SendStartOkAsync(string mechanism, byte[] response, bool closeOnFailure)
    {
        var capabilities = new Payload()
            .ShortString("authentication_failure_close").Octet((byte)'t').Octet(1)
            .ShortString("consumer_cancel_notify").Octet((byte)'t').Octet(1);
        var properties = new Payload().ShortString("capabilities").Octet((byte)'F').Table(capabilities);
        return SendMethodAsync(0, 10, 11, new Payload()
            .Table(closeOnFailure ? properties : null).ShortString(mechanism).LongString(response).ShortString("en_US"));
    }

    public Task SendTuneOkAsync(ushort channelMax, uint frameMax, ushort heartbeatSeconds) =>
        SendMethodAsync(0, 10, 31, new Payload().U16(channelMax).U32(frameMax).U16(heartbeatSeconds));

    public Task SendOpenAsync(string virtualHost = "/") =>
        SendMethodAsync(0, 10, 40, new Payload().ShortString(virtualHost).ShortString("").Octet(0));

    public async Task OpenChannelAsync(ushort channel)
    {
        await SendMethodAsync(channel, 20, 10, new Payload().ShortString(""));
        await ExpectMethodAsync(channel, 20, 11);
    }

    /// <summary>Declares an exclusive queue with a name of the server.</summary>
    public async Task<string> DeclareQueueAsync(ushort channel)
    {
        await SendMethodAsync(channel, 50, 10, new Payload().U16(0).ShortString("").Octet(0b0100).Table());
        return (await ExpectMethodAsync(channel, 50, 11)).ShortString(4);
    }

    public Task SendMethodAsync(ushort channel, ushort classId, ushort methodId, Payload? arguments = null) =>
        SendFrameAsync(FrameType.Method, channel, Method(classId, methodId, arguments));

    public Task SendPublishAsync(ushort channel, string exchange, string routingKey) =>
        SendMethodAsync(channel, 60, 40, new Payload().U16(0).ShortString(exchange).ShortString(routingKey).Octet(0));

    /// <summary>Sends a content header of class basic without properties.</summary>
    public Task SendHeaderAsync(ushort channel, ulong bodySize) =>
        SendFrameAsync(FrameType.Header, channel, new Payload().U16(60).U16(0).U64(bodySize).U16(0).ToArray());

    public Task SendFrameAsync(FrameType type, ushort channel, byte[] payload, byte end = RawFrame.End) =>
        SendRawAsync(Frame(type, channel, payload, end));

    public Task SendRawAsync(ReadOnlyMemory<byte> bytes) => Stream.WriteAsync(bytes, _limit.Token).AsTask();

    public static byte[] Frame(FrameType type, ushort channel, byte[] payload, byte end = RawFrame.End) =>
        new Payload().Octet((byte)type).U16(channel).LongString(payload).Octet(end).ToArray();

    public static byte[] Method(ushort classId, ushort methodId, Payload? arguments = null) =>
        new Payload().U16(classId).U16(methodId).Raw(arguments is null ? [] : arguments.ToArray()).ToArray();

    /// <summary>Reads exactly so many octets; fails when the broker closes before.</summary>
    public async Task<byte[]> ReadRawAsync(int count)
    {
        var bytes = new byte[count];
        await Stream.ReadExactlyAsync(bytes, _limit.Token);
        return bytes;
    }

    /// <summary>The next frame, whatever it is.</summary>
    public async Task<RawFrame> ReadFrameAsync()
    {
        var start = await ReadRawAsync(7);
        var size = BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(3));
        Assert.True(size <= 131072, $"a frame of {size} octets is more than was ever negotiated");
        var payload = await ReadRawAsync((int)size);
        Assert.Equal(RawFrame.End, (await ReadRawAsync(1))[0]);
        return new RawFrame((FrameType)start[0], BinaryPrimitives.ReadUInt16BigEndian(start.AsSpan(1)), payload);
    }

    /// <summary>The next frame, which must be this method; heartbeats are passed over.</summary>
    public async Task<RawFrame> ExpectMethodAsync(ushort channel, ushort classId, ushort methodId)
    {
        var frame = await ReadFrameAsync();
        while (frame.Type == FrameType.Heartbeat)
        {
            frame = await ReadFrameAsync();
        }

        Assert.True(
            frame.Type == FrameType.Method && frame.Channel == channel && frame.Method == (classId, methodId),
            $"expected method {classId}.{methodId} on channel {channel}, got {frame}");
        return frame;
    }

    /// <summary>The next frame, which must close the connection; it is answered, and then the socket must end.</summary>
    public async Task<CloseReason> ExpectConnectionCloseAsync()
    {
        var frame = await ReadFrameAsync();
        var reason = CloseReason.From(frame);
        Assert.True(reason is { OfConnection: true, Channel: 0 }, $"expected connection.close, got {frame}");
        await SendMethodAsync(0, 10, 51);
        await ExpectEndAsync();
        return reason;
    }

    /// <summary>The next frame, which must close the channel; it is not answered.</summary>
    public async Task<CloseReason> ExpectChannelCloseAsync(ushort channel)
    {
        var frame = await ReadFrameAsync();
        var reason = CloseReason.From(frame);
        Assert.True(reason is { OfConnection: false } && reason.Channel == channel, $"expected channel.close, got {frame}");
        return reason;
    }

    /// <summary>Reads until the broker closes the socket, by FIN or RST; returns what it sent before.</summary>
    public async Task<byte[]> ExpectEndAsync()
    {
        var received = new List<byte>();
        var buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await Stream.ReadAsync(buffer, _limit.Token)) > 0)
            {
                received.AddRange(buffer.AsSpan(0, count));
            }
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            // A broker may reset a connection on which unread octets are left.
        }

        return [.. received];
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _limit.Dispose();
        return ValueTask.CompletedTask;
    }
}

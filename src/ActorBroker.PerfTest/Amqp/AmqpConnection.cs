using System.Net.Sockets;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.PerfTest.Options;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Amqp;

/// <summary>
/// A connection with one channel over a blocking socket. One thread reads from it; several may send. It fails with
/// <see cref="LoadException"/> only.
/// </summary>
internal sealed class AmqpConnection : IDisposable
{
    public const ushort Channel = 1;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly FrameBuffer _received = new();
    private readonly Lock _sending = new();
    private readonly Endpoint _endpoint;

    private AmqpConnection(Endpoint endpoint) => _endpoint = endpoint;

    /// <summary>The largest frame that either side may send, in bytes.</summary>
    public int FrameMax { get; private set; } = FrameBuffer.FrameMax;

    /// <summary>Connects, logs in, and opens the channel.</summary>
    public static AmqpConnection Open(Endpoint endpoint)
    {
        var connection = new AmqpConnection(endpoint);
        try
        {
            connection.Connect();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends a method and waits for its answer. For setting up: nothing else may be under way.</summary>
    /// <exception cref="LoadException">The broker closed the channel or the connection instead of answering.</exception>
    public TAnswer Call<TMethod, TAnswer>(in TMethod method)
        where TMethod : IMethod<TMethod>, allows ref struct
        where TAnswer : IMethod<TAnswer>
    {
        Send(Channel, method);
        return Await<TAnswer>();
    }

    /// <summary>Like <see cref="Call"/>, but what is not found is answered with false, on a channel that is open again.</summary>
    public bool TryCall<TMethod, TAnswer>(in TMethod method, out TAnswer answer)
        where TMethod : IMethod<TMethod>
        where TAnswer : struct, IMethod<TAnswer>
    {
        try
        {
            answer = Call<TMethod, TAnswer>(method);
            return true;
        }
        catch (LoadException refusal) when (refusal.ReplyCode == (int)ReplyCode.NotFound)
        {
            Send<ChannelCloseOk>(Channel, default);
            Call<ChannelOpen, ChannelOpenOk>(default);
            answer = default;
            return false;
        }
    }

    public void Send<TMethod>(ushort channel, in TMethod method)
        where TMethod : IMethod<TMethod>, allows ref struct
    {
        var frame = new byte[FrameWriter.GetMethodFrameSize(method)];
        FrameWriter.WriteMethod(frame, channel, method);
        Send(frame);
    }

    /// <summary>Sends whole frames; blocks while the broker does not take them.</summary>
    public void Send(ReadOnlySpan<byte> frames)
    {
        try
        {
            lock (_sending)
            {
                while (!frames.IsEmpty)
                    frames = frames[_socket.Send(frames)..];
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            throw Lost(error);
        }
    }

    /// <inheritdoc cref="FrameBuffer.TryRead"/>
    public bool TryRead(out FrameSlice slice) => _received.TryRead(out slice);

    /// <inheritdoc cref="FrameBuffer.PayloadOf"/>
    public ReadOnlySpan<byte> PayloadOf(in FrameSlice slice) => _received.PayloadOf(slice);

    /// <summary>Waits for more bytes to read frames from.</summary>
    public void Receive()
    {
        try
        {
            if (!_received.Receive(_socket))
                throw Lost(null);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            throw Lost(error);
        }
    }

    /// <summary>From now on <see cref="Receive"/> waits for as long as it takes.</summary>
    public void WaitForever() => _socket.ReceiveTimeout = 0;

    /// <summary>Begins the orderly end: the reader sees <c>connection.close-ok</c> when the broker has had everything.</summary>
    public void SendClose() => Send(0, new ConnectionClose(ReplyCode.Success, "done", 0, 0));

    /// <summary>The orderly end of a connection that nobody else reads. Failures to do so do not matter any more.</summary>
    public void Close()
    {
        try
        {
            SendClose();
            Await<ConnectionCloseOk>();
        }
        catch (LoadException)
        {
            // The broker hung up first.
        }

        Dispose();
    }

    /// <summary>What to fail with when the broker closes the channel or the connection. Null: the method is another one.</summary>
    public static LoadException? RefusalOf(uint method, ReadOnlySpan<byte> payload)
    {
        switch (method)
        {
            case MethodId.ChannelClose:
                var channel = ChannelClose.Read(payload);
                return Refused("channel", channel.ReplyCode, channel.ReplyText);
            case MethodId.ConnectionClose:
                var connection = ConnectionClose.Read(payload);
                return Refused("connection", connection.ReplyCode, connection.ReplyText);
            default:
                return null;
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Connect()
    {
        try
        {
            _socket.NoDelay = true;
            _socket.ReceiveTimeout = (int)AnswerTimeout.TotalMilliseconds;
            _socket.Connect(_endpoint.Host, _endpoint.Port);
        }
        catch (SocketException error)
        {
            throw new LoadException($"cannot connect to {_endpoint.Host}:{_endpoint.Port}: {error.Message}", error);
        }

        Send(ProtocolHeader.Bytes);
        Await<ConnectionStart>();
        var plain = Encoding.UTF8.GetBytes($"\0{_endpoint.User}\0{_endpoint.Password}");
        Send(0, new ConnectionStartOk(ClientProperties(), "PLAIN", plain, "en_US"));
        var tune = Await<ConnectionTune>();
        FrameMax = tune.FrameMax == 0 ? FrameBuffer.FrameMax : (int)Math.Min(tune.FrameMax, FrameBuffer.FrameMax);

        // No heartbeats: a broker that pushes back for long is measured, not given up.
        Send(0, new ConnectionTuneOk(tune.ChannelMax, (uint)FrameMax, 0));
        Send(0, new ConnectionOpen(_endpoint.VirtualHost));
        Await<ConnectionOpenOk>();
        Call<ChannelOpen, ChannelOpenOk>(default);
    }

    // With this capability a wrong password is answered, not just cut off.
    private static ArgumentTable ClientProperties() => ArgumentTable.Of(
        ("product", ArgumentValue.FromString("actorbroker-perf")),
        ("capabilities", ArgumentValue.FromTable(ArgumentTable.Of(
            ("authentication_failure_close", ArgumentValue.FromBoolean(true)), ("connection.blocked", ArgumentValue.FromBoolean(true))))));

    private TAnswer Await<TAnswer>()
        where TAnswer : IMethod<TAnswer>
    {
        while (true)
        {
            while (TryRead(out var slice))
            {
                if (slice.Type != FrameType.Method)
                    continue;
                var payload = PayloadOf(slice);
                var method = MethodId.Read(payload);
                if (method == TAnswer.Id)
                    return TAnswer.Read(payload);
                if (RefusalOf(method, payload) is { } refusal)
                    throw refusal;
            }

            Receive();
        }
    }

    private static LoadException Refused(string what, ReplyCode code, string text) =>
        new($"the broker closed the {what}: {(int)code} {text}", replyCode: (int)code);

    private LoadException Lost(Exception? error) =>
        new($"lost the connection to {_endpoint.Host}:{_endpoint.Port}: {error?.Message ?? "the broker hung up"}", error);
}

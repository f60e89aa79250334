using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// The server's side of one AMQP 0-9-1 connection, as a machine without sockets, tasks or clock: bytes go in through
/// <see cref="OnBytes"/>, come out through <see cref="WriteOutput"/>, and the broker is asked through
/// <see cref="IBrokerSession"/>. Whoever drives it does all three, and the session's callbacks, on one thread of control.
/// </summary>
/// <remarks>
/// After any call the driver looks at <see cref="HasOutput"/>, <see cref="WantsMoreInput"/>, <see cref="CloseState"/> and
/// <see cref="NextTimerMs"/>. Times are milliseconds of any clock that never goes back.
/// </remarks>
public sealed partial class Amqp091Connection : IBrokerSessionListener
{
    private readonly IBrokerSession _session;
    private readonly Amqp091ConnectionSettings _settings;
    private readonly Action<Span<byte>> _fillRandom;
    private readonly PendingOutput _output = new();
    private readonly HandshakeMachine _handshake;
    private readonly Liveness _liveness;
    private readonly Settlements _settlements;
    private readonly Dictionary<ushort, Amqp091Channel> _channels = [];
    private readonly Dictionary<int, AmqpConsumer> _consumers = [];
    private readonly long _openDeadlineMs;
    private long _closeDeadlineMs = long.MaxValue;
    private long _nowMs;
    private int _lastConsumerId;
    private int _lastChannelId;

    /// <param name="session">The broker; this connection is its listener.</param>
    /// <param name="settings">What the listener offers.</param>
    /// <param name="fillRandom">Fills a span with random bytes, for names that the server makes up.</param>
    /// <param name="nowMs">The time at which the client connected.</param>
    /// <param name="certifiedUser">Who the client is by its certificate, for EXTERNAL; null for none.</param>
    public Amqp091Connection(
        IBrokerSession session, Amqp091ConnectionSettings settings, Action<Span<byte>> fillRandom, long nowMs, string? certifiedUser = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _session = session;
        _settings = settings;
        _fillRandom = fillRandom;
        _nowMs = nowMs;
        _openDeadlineMs = nowMs + (long)settings.HandshakeTimeout.TotalMilliseconds;
        _liveness = new Liveness(nowMs);
        _settlements = new Settlements(session);
        _handshake = new HandshakeMachine(session, settings, _output, certifiedUser, OnHandshakeAnswer, CloseSilently);
        _decoder = new FrameDecoder(Math.Min(settings.InitialFrameMax, settings.FrameMax));
        ContentBudget = new ContentBudget(settings.UnfinishedContentBytesMax);
        TransactionBudget = new TransactionBudget(settings.UncommittedBytesMax);
        PublishMethods = new PublishMethods(session);
        Encoder = new DeliveryEncoder(settings.FrameMax);
    }

    /// <summary>How far the end of the connection has come.</summary>
    public ConnectionCloseState CloseState { get; private set; }

    /// <summary>Why the connection ends, for the log: null while it is open, and when the client closed it in good order.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>Why a login was refused: for the log, never for the client. Null when none was.</summary>
    public string? LoginRefusal => _handshake.LoginRefusal;

    /// <summary>The client has proven who it is.</summary>
    public bool IsAuthenticated => _handshake.State >= HandshakeState.Tuning;

    /// <summary>The authenticated user, or empty.</summary>
    public string User => _handshake.User;

    /// <summary>The virtual host, or empty before connection.open.</summary>
    public string VirtualHost => _handshake.VirtualHost;

    /// <inheritdoc/>
    public ClientDescription Client => new(
        "AMQP 0-9-1", _handshake.Mechanism, _handshake.ClientProperties, _handshake.ChannelMax, _handshake.FrameMax,
        TimeSpan.FromSeconds(_handshake.HeartbeatSeconds));

    /// <summary>When <see cref="OnTimer"/> is to be called next; <see cref="long.MaxValue"/> for never.</summary>
    public long NextTimerMs => CloseState switch
    {
        ConnectionCloseState.Closed => long.MaxValue,
        ConnectionCloseState.Closing => _closeDeadlineMs,
        _ => IsRunning ? _liveness.NextMs : _openDeadlineMs,
    };

    internal IBrokerSession Session => _session;

    internal Amqp091ConnectionSettings Settings => _settings;

    internal PendingOutput Output => _output;

    internal Settlements Settlements => _settlements;

    internal PublishMethods PublishMethods { get; }

    internal ContentBudget ContentBudget { get; }

    internal TransactionBudget TransactionBudget { get; }

    internal DeliveryEncoder Encoder { get; private set; }

    internal bool ConsumerCancelNotify => _handshake.ConsumerCancelNotify;

    private bool IsRunning => _handshake.State == HandshakeState.Running;

    /// <summary>Sends a heartbeat when one is due, and ends what takes too long.</summary>
    public void OnTimer(long nowMs)
    {
        _nowMs = nowMs;
        if (CloseState == ConnectionCloseState.Closed)
            return;
        if (CloseState == ConnectionCloseState.Closing)
        {
            if (nowMs >= _closeDeadlineMs)
                CloseSilently(CloseReason ?? "the broker did not answer in time");
        }
        else if (!IsRunning)
        {
            if (nowMs >= _openDeadlineMs)
                CloseSilently($"handshake timeout in connection state {_handshake.State.ToString().ToLowerInvariant()}");
        }
        else if (_liveness.IsDead(nowMs))
        {
            CloseSilently($"missed heartbeats from client, timeout: {_handshake.HeartbeatSeconds}s");
        }
        else if (_liveness.IsHeartbeatDue(nowMs))
        {
            _output.Write(FrameWriter.Heartbeat);
            _liveness.Sent(nowMs);
        }
    }

    /// <summary>
    /// The client was not read from until now, for the broker's own reasons, so nothing was heard of it: that is not to be
    /// taken for missed heartbeats. To be called before <see cref="OnTimer"/>, and when reading goes on.
    /// </summary>
    public void OnInputWithheld(long nowMs) => _liveness.Received(nowMs);

    /// <summary>The broker ends the connection, for instance because it stops: connection.close, and the wait for its answer.</summary>
    public void Shutdown(ReplyCode replyCode, string text)
    {
        if (IsRunning)
            FailConnection(replyCode, text, methodId: 0);
        else
            CloseSilently(text);
    }

    internal int NextConsumerId() => ++_lastConsumerId;

    internal int NextChannelId() => ++_lastChannelId;

    /// <summary>Bytes that a queue may send ahead to the consumer that was added last.</summary>
    internal int WindowOfNewest => DeliveryWindow.Of(Settings.ConsumerWindowBytes, _consumers.Count);

    internal void AddConsumer(AmqpConsumer consumer) => _consumers.Add(consumer.Id, consumer);

    internal void RemoveConsumer(AmqpConsumer consumer) => _consumers.Remove(consumer.Id);

    internal AmqpConsumer ConsumerOf(int consumerId) => _consumers[consumerId];

    internal AmqpConsumer? FindConsumer(int consumerId) => _consumers.GetValueOrDefault(consumerId);

    internal void RemoveChannel(Amqp091Channel channel)
    {
        _channels.Remove(channel.Number);
        if (ReferenceEquals(_lastChannel, channel))
            _lastChannel = null;
    }

    /// <summary>A name that no client can guess: the prefix and 22 characters of base64url, as RabbitMQ makes them.</summary>
    internal string MakeName(string prefix)
    {
        Span<byte> random = stackalloc byte[16];
        _fillRandom(random);
        return prefix + System.Buffers.Text.Base64Url.EncodeToString(random);
    }

    /// <summary>Runs what follows an answer of the broker to a channel, then what the channel had to put off.</summary>
    internal void Resume(Amqp091Channel channel, uint methodId, Action answer)
    {
        if (!channel.IsOpen)
            return;
        _readNumber++;
        channel.EndSuspension();
        try
        {
            answer();
        }
        catch (Amqp091ErrorException error)
        {
            Fail(channel, error, methodId);
        }

        if (!channel.Replay())
            _stalled.Add(channel);
        EndCallback();
    }

    /// <summary>Replies have left: channels that stopped because of them go on.</summary>
    private void ResumeStalled()
    {
        if (_stalled.Count == 0)
            return;
        _readNumber++;
        var stalled = _stalled.ToArray();
        _stalled.Clear();
        foreach (var channel in stalled)
        {
            if (!channel.Replay())
                _stalled.Add(channel);
        }

        EndCallback();
    }

    private void OnHandshakeAnswer(Action answer)
    {
        if (CloseState != ConnectionCloseState.Open)
            return;
        _readNumber++;
        try
        {
            answer();
            if (IsRunning)
                _liveness.Start(_handshake.HeartbeatSeconds, _nowMs);
        }
        catch (Amqp091ErrorException error)
        {
            Fail(channel: null, error, MethodId.ConnectionOpen);
        }

        while (CloseState == ConnectionCloseState.Open && !_handshake.IsWaiting && _earlyFrames.TryTake(out var frame))
            Dispatch(frame);
        EndCallback();
    }

    private void EndCallback()
    {
        _settlements.Flush();
        _session.EndOfRead();
        FinishClientClose();
    }
}

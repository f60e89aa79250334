using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>Where a connection's opening stands; the names are RabbitMQ's, and appear in its error texts.</summary>
internal enum HandshakeState
{
    Header,
    Starting,
    Authenticating,
    Tuning,
    Opening,
    EnteringVirtualHost,
    Running,
}

/// <summary>
/// The opening of a connection from the protocol header to connection.open-ok (AMQP 0-9-1 §2.2.4): who the client is, what
/// both sides agree on, which virtual host.
/// </summary>
/// <param name="resume">Runs what follows an answer of the broker within the connection's error handling.</param>
/// <param name="certifiedUser">Whose certificate the client has shown; null for none.</param>
/// <param name="closeSilently">Ends the connection without a word to the client, for this reason.</param>
internal sealed class HandshakeMachine(
    IBrokerSession session,
    Amqp091ConnectionSettings settings,
    PendingOutput output,
    string? certifiedUser,
    Action<Action> resume,
    Action<string> closeSilently)
{
    private readonly SaslMechanisms _sasl = new(settings, certifiedUser);

    public HandshakeState State { get; private set; }

    /// <summary>The broker is asked: no frame is handled until it has answered.</summary>
    public bool IsWaiting => State is HandshakeState.Authenticating or HandshakeState.EnteringVirtualHost;

    /// <summary>Why the login was refused: for the log, never for the client. Null when it was not.</summary>
    public string? LoginRefusal { get; private set; }

    public string User { get; private set; } = "";

    public string VirtualHost { get; private set; } = "";

    public string Mechanism { get; private set; } = "";

    public ArgumentTable ClientProperties { get; private set; } = ArgumentTable.Empty;

    /// <summary>The client's capability to hear basic.cancel from the server.</summary>
    public bool ConsumerCancelNotify { get; private set; }

    /// <summary>The client's capability to hear connection.blocked.</summary>
    public bool ConnectionBlockedNotify { get; private set; }

    public int FrameMax { get; private set; } = settings.FrameMax;

    public int ChannelMax { get; private set; } = settings.ChannelMax;

    public int HeartbeatSeconds { get; private set; }

    /// <summary>The protocol header has come: connection.start.</summary>
    public void Start()
    {
        output.WriteMethod(0, new ConnectionStart(0, 9, ServerProperties.For(settings), string.Join(' ', _sasl.Offered), "en_US"));
        State = HandshakeState.Starting;
    }

    public void OnMethod(uint id, ReadOnlySpan<byte> payload)
    {
        switch (State, id)
        {
            case (HandshakeState.Starting, MethodId.ConnectionStartOk):
                OnStartOk(ConnectionStartOk.Read(payload));
                break;
            case (HandshakeState.Tuning, MethodId.ConnectionTuneOk):
                OnTuneOk(ConnectionTuneOk.Read(payload));
                break;
            case (HandshakeState.Opening, MethodId.ConnectionOpen):
                OnOpen(ConnectionOpen.Read(payload));
                break;
            default:
                throw OutOfOrder();
        }
    }

    /// <summary>A frame that does not belong here, in RabbitMQ's words.</summary>
    public Amqp091ErrorException OutOfOrder() => new(
        ReplyCode.ChannelError, $"unexpected method in connection state {State.ToString().ToLowerInvariant()}");

    private void OnStartOk(ConnectionStartOk startOk)
    {
        ClientProperties = startOk.ClientProperties;
        var closeOnFailure = false;
        if (ClientProperties.TryGetValue("capabilities", out var value) && value.TryGetTable(out var capabilities))
        {
            ConsumerCancelNotify = IsTrue(capabilities, "consumer_cancel_notify");
            ConnectionBlockedNotify = IsTrue(capabilities, "connection.blocked");
            closeOnFailure = IsTrue(capabilities, "authentication_failure_close");
        }

        var mechanism = Mechanism = startOk.Mechanism;
        var credential = _sasl.Read(mechanism, startOk.Response);
        State = HandshakeState.Authenticating;
        session.Authenticate(credential, refusal => resume(() =>
        {
            if (refusal is null)
            {
                User = session.User;
                Tune();
                return;
            }

            LoginRefusal = refusal.Text;

            // One text for all, so that nobody learns whether the user exists; RabbitMQ's.
            var text = $"Login was refused using authentication mechanism {mechanism}. For details see the broker logfile.";
            if (closeOnFailure)
                throw new Amqp091ErrorException(ReplyCode.AccessRefused, text, isFrameError: true);
            closeSilently(refusal.Text);
        }));
    }

    private void Tune()
    {
        output.WriteMethod(0, new ConnectionTune(
            settings.ChannelMax, (uint)settings.FrameMax, (ushort)Math.Min(settings.Heartbeat.TotalSeconds, ushort.MaxValue)));
        State = HandshakeState.Tuning;
    }

    private void OnTuneOk(ConnectionTuneOk tuneOk)
    {
        CheckNegotiated("frame_max", Frame.MinSizeMax, settings.FrameMax, tuneOk.FrameMax);
        CheckNegotiated("channel_max", 1, settings.ChannelMax, tuneOk.ChannelMax);
        FrameMax = (int)tuneOk.FrameMax;
        ChannelMax = tuneOk.ChannelMax;
        HeartbeatSeconds = tuneOk.Heartbeat;
        State = HandshakeState.Opening;
    }

    // 0 means no limit, which is more than what was offered.
    private static void CheckNegotiated(string field, uint minimum, int maximum, uint wanted)
    {
        var note = wanted == 0 ? " (no limit)" : "";
        if (wanted == 0 || wanted > (uint)maximum)
        {
            throw new Amqp091ErrorException(
                ReplyCode.NotAllowed, $"negotiated {field} = {wanted}{note} is higher than the maximum allowed value ({maximum})");
        }

        if (wanted < minimum)
        {
            throw new Amqp091ErrorException(
                ReplyCode.NotAllowed, $"negotiated {field} = {wanted} is lower than the minimum allowed value ({minimum})");
        }
    }

    private void OnOpen(ConnectionOpen open)
    {
        State = HandshakeState.EnteringVirtualHost;
        session.OpenVirtualHost(open.VirtualHost, refusal => resume(() =>
        {
            if (refusal is not null)
            {
                State = HandshakeState.Opening;
                throw new Amqp091ErrorException(ReplyCodes.Of(refusal.Reason), refusal.Text);
            }

            VirtualHost = open.VirtualHost;
            output.WriteMethod(0, new ConnectionOpenOk());
            State = HandshakeState.Running;
        }));
    }

    private static bool IsTrue(ArgumentTable table, string key) =>
        table.TryGetValue(key, out var value) && value.TryGetBoolean(out var isTrue) && isTrue;
}

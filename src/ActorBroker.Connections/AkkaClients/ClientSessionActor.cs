using System.Net;
using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// The broker's end of the session of a client that came by Akka.Remote: does for it what a connection's stage and machine
/// do for a client of AMQP, by the same <see cref="BrokerSession"/>. Ends with its client, or when one of their messages
/// was lost, as a connection that is closed: what was not settled is given back, exclusive queues are deleted.
/// </summary>
internal sealed partial class ClientSessionActor : UntypedActor, IBrokerSessionListener, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly BrokerServices _services;
    private readonly ClientSessionSettings _settings;
    private readonly IActorRef _registry;
    private readonly OpenClientSession _open;
    private readonly Address _from;
    private readonly string _protocol;
    private readonly BrokerSession _session;
    private readonly ClientLink _link;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _heardAt;
    private int _ticks;
    private bool _isOpen;
    private bool _isEnding;
    private bool _isFlushScheduled;

    public ClientSessionActor(
        BrokerServices services, ClientSessionSettings settings, IActorRef registry, OpenClientSession open, Address from, IPEndPoint peer,
        string protocol)
    {
        _services = services;
        _settings = settings;
        _registry = registry;
        _open = open;
        _from = from;
        _protocol = protocol;
        _heardAt = services.Clock.GetTimestamp();
        _link = new ClientLink(
            Context.System, Self, open.Client, settings.MessageSizeMax + ClientSessionSettings.WordOverheadMax);
        _codec = new TablePropertiesCodec(services.Formats);
        var context = Context;
        _session = new BrokerSession(
            services, Self, actor => context.Watch(actor), peer, new IPEndPoint(settings.ClientsAreLocal ? IPAddress.Loopback : IPAddress.None, 0));
        _session.Attach(this);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(
        BrokerServices services, ClientSessionSettings settings, IActorRef registry, OpenClientSession open, Address from, IPEndPoint peer,
        string protocol) =>
        Akka.Actor.Props.Create(() => new ClientSessionActor(services, settings, registry, open, from, peer, protocol));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.Watch(_open.Client);
        _registry.Tell(new ConnectionOpened(Self), Self);
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval);
        _session.Authenticate(new Credential.Password(_open.User, _open.Password), refusal => Then(refusal, isLogin: true, () =>
            _session.OpenVirtualHost(_open.VirtualHost, entered => Then(entered, isLogin: false, () =>
            {
                if (_session.OpenChannel(Channel, opened => Then(opened, isLogin: false, OnOpened)))
                {
                    OnOpened();
                }
            }))));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        if (_isOpen)
        {
            _session.CloseChannel(Channel);
        }

        _session.End();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (_isEnding)
        {
            return;
        }

        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case EndOfTurn:
                _isFlushScheduled = false;
                GoOnPublishing();
                TellProgress();
                return;
            case Terminated terminated when terminated.ActorRef.Equals(_open.Client):
                OnClientGone();
                return;
            case CloseConnection close:
                Close(new Refusal(RefusalReason.Unavailable, close.Text));
                return;
            case AccessWithdrawn withdrawn:
                if (_session.EndsBy(withdrawn) is { } text)
                {
                    Close(new Refusal(RefusalReason.Unavailable, text));
                    return;
                }

                break;
            case not null when Sender.Equals(_open.Client):
                OnClientWord(message);
                break;
            default:
                _session.OnMessage(Sender, message!);
                break;
        }

        ScheduleFlush();
        LeaveWhenTraced();
    }

    private void OnClientWord(object message)
    {
        _heardAt = _services.Clock.GetTimestamp();
        if (message is ClientPing ping)
        {
            if (!_link.IsWhole(ping))
            {
                Close(new Refusal(RefusalReason.Unavailable, "messages of the client were lost on their way"));
            }

            return;
        }

        try
        {
            if (_link.Receive(message) is { } word)
            {
                Handle(word);
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or System.Runtime.Serialization.SerializationException)
        {
            Close(new Refusal(RefusalReason.PreconditionFailed, failure.Message));
        }
    }

    private void Handle(object word)
    {
        if (!_isOpen)
        {
            throw new InvalidDataException("The client spoke before it was let in.");
        }

        switch (word)
        {
            case ClientPublish publish:
                OnPublish(publish);
                break;
            case GrantCredit grant:
                OnGrant(grant);
                break;
            case SettleMessages settle:
                OnSettle(settle);
                break;
            case CloseConsumer close:
                CloseConsumer(close.ConsumerId);
                break;
            case ClientRequest request:
                OnRequest(request);
                break;
            case CloseClientSession:
                Leave();
                break;
            default:
                throw new InvalidDataException($"{word.GetType().Name} is no word of a client.");
        }
    }

    private void OnOpened()
    {
        _isOpen = true;
        _properties = new PublishedProperties(_session.User, _session.IsImpersonator);
        Context.Parent.Tell(LoginEnded.Instance);
        _open.Client.Tell(
            new ClientSessionOpened(
                _open.RequestId, Self, _settings.PublishWindowBytes, _settings.MessageSizeMax, (int)_settings.Timeout.TotalMilliseconds),
            Self);
    }

    // Goes on with the login when the broker did not refuse it.
    private void Then(Refusal? refusal, bool isLogin, Action next)
    {
        if (refusal is null)
        {
            next();
            return;
        }

        _log.Warning("Login of Akka client {0} from {1} was refused: {2}", _open.Name, _from, refusal.Text);
        if (isLogin && refusal.Reason != RefusalReason.Unavailable)
        {
            Context.Parent.Tell(new LoginFailed(_from.Host ?? string.Empty));

            // One text for all, so that nobody learns whether the user exists.
            refusal = new Refusal(
                RefusalReason.AccessRefused, $"Login was refused for user '{_open.User}'. For details see the broker logfile.");
        }

        _open.Client.Tell(new ClientSessionRefused(_open.RequestId, refusal), Self);
        _isEnding = true;
        Context.Stop(Self);
    }

    private void OnTick()
    {
        _session.OnTimer();
        if (_services.Clock.GetElapsedTime(_heardAt) > _settings.Timeout)
        {
            End($"it was not heard of for {_settings.Timeout.TotalSeconds:0} s");
        }
        else if (_session.HasExpired)
        {
            Close(new Refusal(RefusalReason.AccessRefused, "credential expired"));
        }
        else if (_isOpen)
        {
            // An idle session pings every third time.
            _link.Ping(always: ++_ticks % 3 == 0);
        }
    }

    private void Close(Refusal refusal)
    {
        if (_isOpen)
        {
            _link.Send(new ClientSessionClosed(refusal));
        }
        else
        {
            _open.Client.Tell(new ClientSessionRefused(_open.RequestId, refusal), Self);
        }

        End(refusal.Text);
    }

    private void End(string? reason)
    {
        if (reason is not null)
        {
            _log.Info("Session of Akka client {0} from {1} of user {2} ended: {3}", _open.Name, _from, _open.User, reason);
        }

        _isEnding = true;
        Context.Stop(Self);
    }

    // More of the same may be in the mailbox: progress is told once, behind it.
    private void ScheduleFlush()
    {
        if (!_isFlushScheduled && !_isEnding)
        {
            _isFlushScheduled = true;
            Self.Tell(EndOfTurn.Instance, Self);
        }
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record EndOfTurn : INoSerializationVerificationNeeded
    {
        public static EndOfTurn Instance { get; } = new();
    }
}

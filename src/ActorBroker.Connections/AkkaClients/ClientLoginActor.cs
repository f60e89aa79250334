using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>A login was refused for what the client has said of itself. From a session to the actor that lets clients in.</summary>
internal sealed record LoginFailed(string Host) : INoSerializationVerificationNeeded;

/// <summary>
/// Lets clients of Akka.Remote in: the service that a node's receptionist knows. Each gets a session of its own, an actor
/// with a name that nobody can guess, and talks to it directly.
/// </summary>
public sealed class ClientLoginActor : UntypedActor
{
    /// <summary>Most sessions at a time that have not been let in yet.</summary>
    public const int LoginsMax = 256;

    // Logins that fail in this time before a host has to wait, and hosts that are remembered.
    private const int FailuresMax = 5;
    private const int HostsMax = 1_000;

    private static readonly TimeSpan FailureWindow = TimeSpan.FromSeconds(10);

    private readonly BrokerServices _services;
    private readonly ClientSessionSettings _settings;
    private readonly IActorRef _registry;
    private readonly LoginThrottle _throttle;
    private readonly HashSet<IActorRef> _loggingIn = [];

    /// <summary>See <see cref="Props"/>.</summary>
    public ClientLoginActor(BrokerServices services, ClientSessionSettings settings, IActorRef registry)
    {
        _services = services;
        _settings = settings;
        _registry = registry;
        _throttle = new LoginThrottle(services.Clock, FailuresMax, FailureWindow, HostsMax);
    }

    /// <summary>Lets clients in to these services.</summary>
    public static Props Props(BrokerServices services, ClientSessionSettings settings, IActorRef registry) =>
        Akka.Actor.Props.Create(() => new ClientLoginActor(services, settings, registry));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OpenClientSession open:
                Open(open, open.Client.Path.Address);
                break;
            case RelayedLogin relayed:
                Open(relayed.Open, relayed.From);
                break;
            case LoginFailed failed:
                _throttle.Failed(failed.Host);
                break;
            case LoginEnded:
                _loggingIn.Remove(Sender);
                Context.Unwatch(Sender);
                break;
            case Terminated terminated:
                _loggingIn.Remove(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Open(OpenClientSession open, Address from)
    {
        var host = from.Host ?? string.Empty;
        if (Obstacle(open, host) is { } refusal)
        {
            open.Client.Tell(new ClientSessionRefused(open.RequestId, refusal));
            return;
        }

        var session = Context.ActorOf(
            ClientSessionActor.Props(_services, _settings, _registry, open, from, PeerOf(from), ClientSessionActor.RemoteProtocol),
            Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        _loggingIn.Add(session);
        Context.Watch(session);
    }

    private Refusal? Obstacle(OpenClientSession open, string host)
    {
        if (open.Version != ClientSession.Version)
        {
            return new Refusal(
                RefusalReason.NotImplemented, $"the client speaks version {open.Version} of the session's protocol, this broker {ClientSession.Version}");
        }

        if (!_throttle.MayTry(host))
        {
            return new Refusal(RefusalReason.Unavailable, "too many failed logins: try again later");
        }

        return _loggingIn.Count >= LoginsMax ? new Refusal(RefusalReason.Unavailable, "too many logins at a time: try again later") : null;
    }

    // A loopback address would make guest welcome: it is believed where nobody else can come from.
    private IPEndPoint PeerOf(Address client)
    {
        if (_settings.ClientsAreLocal)
        {
            return new IPEndPoint(IPAddress.Loopback, client.Port ?? 0);
        }

        return IPAddress.TryParse(client.Host, out var address) && !IPAddress.IsLoopback(address)
            ? new IPEndPoint(address, client.Port ?? 0)
            : new IPEndPoint(IPAddress.None, client.Port ?? 0);
    }
}

/// <summary>A session has let its client in. From a session to the actor that lets clients in.</summary>
internal sealed record LoginEnded : INoSerializationVerificationNeeded
{
    public static LoginEnded Instance { get; } = new();
}

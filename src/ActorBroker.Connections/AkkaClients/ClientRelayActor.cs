using ActorBroker.Contracts.Clients;
using Akka.Actor;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// Between a client and its session, in the actor system of the port for clients: what either says is told the other, in
/// order. It is all of its session that the client can reach, and ends with either.
/// </summary>
internal sealed class ClientRelayActor : UntypedActor
{
    private static readonly TimeSpan LoginLimit = TimeSpan.FromSeconds(60);

    private readonly OpenClientSession _open;
    private readonly IActorRef _login;
    private IActorRef? _session;

    /// <summary>Use <see cref="Props"/>.</summary>
    public ClientRelayActor(OpenClientSession open, IActorRef login)
    {
        _open = open;
        _login = login;
    }

    /// <summary>The relay of a client that wants to be let in.</summary>
    /// <param name="open">What it has said.</param>
    /// <param name="login">Who lets clients in, in the node's actor system.</param>
    public static Props Props(OpenClientSession open, IActorRef login) => Akka.Actor.Props.Create(() => new ClientRelayActor(open, login));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.Watch(_open.Client);
        Context.SetReceiveTimeout(LoginLimit);
        _login.Tell(new RelayedLogin(_open with { Client = Self }, _open.Client.Path.Address), Self);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Terminated or ReceiveTimeout:
                Context.Stop(Self);
                break;
            case ClientSessionOpened opened when _session is null:
                _session = opened.Session;
                Context.SetReceiveTimeout(null);
                Context.Watch(_session);
                _open.Client.Tell(opened with { Session = Self }, Self);
                break;
            case ClientSessionRefused:
                _open.Client.Tell(message, Self);
                Context.Stop(Self);
                break;
            case not null when Sender.Equals(_open.Client):
                _session?.Tell(message, Self);
                break;
            case not null when Sender.Equals(_session):
                _open.Client.Tell(message, Self);
                break;
        }
    }
}

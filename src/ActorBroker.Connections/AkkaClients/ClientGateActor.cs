using System.Buffers.Text;
using System.Security.Cryptography;
using ActorBroker.Contracts.Clients;
using Akka.Actor;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// The service that the receptionist of the port for clients knows: each login gets a relay of its own, with a name that
/// nobody can guess. How many may log in at a time is for whoever lets them in.
/// </summary>
internal sealed class ClientGateActor : UntypedActor
{
    /// <summary>Most relays of clients that are in or on their way in, whatever the node lets in besides.</summary>
    private const int RelaysMax = 100_000;

    private readonly IActorRef _login;
    private int _relays;

    /// <summary>Use <see cref="Props"/>.</summary>
    public ClientGateActor(IActorRef login) => _login = login;

    /// <summary>Takes logins to the actor that lets clients in.</summary>
    public static Props Props(IActorRef login) => Akka.Actor.Props.Create(() => new ClientGateActor(login));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.StoppingStrategy;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case OpenClientSession open when _relays < RelaysMax:
                _relays++;
                Context.Watch(Context.ActorOf(
                    ClientRelayActor.Props(open, _login), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16))));
                break;
            case Terminated:
                _relays--;
                break;
        }
    }
}

using System.Net;
using ActorBroker.Connections.Listeners;
using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Cluster.Tools.Client;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>Opens sessions for parts of the node itself, and has its receptionist let clients of Akka.Remote in.</summary>
public static class AkkaClientsSubsystem
{
    /// <summary>Starts both; the second one unless the options say no.</summary>
    /// <returns>The port that clients of Akka.Remote have for themselves; null where they have none.</returns>
    /// <exception cref="BindException">That cannot be bound.</exception>
    public static IPEndPoint? Start(ActorSystem system, BrokerOptions options, BrokerServices services, IActorRef registry)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = new ClientSessionSettings
        {
            MessageSizeMax = options.Amqp091.MaxMessageSize,
            ConsumerWindowBytes = (int)options.Amqp091.ConsumerWindow,
            PublishWindowBytes = options.Amqp091.PublishWindow,
            Timeout = options.AkkaClients.SessionTimeout,
            ClientsAreLocal = IsLoopback(options.AkkaClients.Gate?.Host ?? BoundHost(system)),
            ConsumersMax = options.Amqp091.MaxConsumersPerChannel,
        };
        system.ActorOf(LocalSessionsActor.Props(services, settings, registry), LocalSession.OpenerName);
        if (!options.AkkaClients.Enabled)
        {
            return null;
        }

        var login = system.ActorOf(ClientLoginActor.Props(services, settings, registry), ClientSession.LoginName);
        if (options.AkkaClients.Gate is { } gate)
        {
            return ClientGate.EndPointOf(ClientGate.Open(system, gate, login));
        }

        ClusterClientReceptionist.Get(system).RegisterService(login);
        return null;
    }

    private static string? BoundHost(ActorSystem system) =>
        system.Settings.Config.GetString("akka.remote.dot-netty.tcp.bind-hostname") is { Length: > 0 } bound
            ? bound
            : ((ExtendedActorSystem)system).Provider.DefaultAddress.Host;

    private static bool IsLoopback(string? bound) =>
        bound == "localhost" || (IPAddress.TryParse(bound, out var address) && IPAddress.IsLoopback(address));
}

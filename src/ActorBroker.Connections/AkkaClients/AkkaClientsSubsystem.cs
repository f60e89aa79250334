using System.Net;
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
    public static void Start(ActorSystem system, BrokerOptions options, BrokerServices services, IActorRef registry)
    {
        ArgumentNullException.ThrowIfNull(options);
        var settings = new ClientSessionSettings
        {
            MessageSizeMax = options.Amqp091.MaxMessageSize,
            ConsumerWindowBytes = (int)options.Amqp091.ConsumerWindow,
            PublishWindowBytes = options.Amqp091.PublishWindow,
            Timeout = options.AkkaClients.SessionTimeout,
            ClientsAreLocal = IsBoundToLoopback(system),
            ConsumersMax = options.Amqp091.MaxConsumersPerChannel,
        };
        system.ActorOf(LocalSessionsActor.Props(services, settings, registry), LocalSession.OpenerName);
        if (!options.AkkaClients.Enabled)
        {
            return;
        }

        var login = system.ActorOf(ClientLoginActor.Props(services, settings, registry), ClientSession.LoginName);
        ClusterClientReceptionist.Get(system).RegisterService(login);
    }

    private static bool IsBoundToLoopback(ActorSystem system)
    {
        var bound = system.Settings.Config.GetString("akka.remote.dot-netty.tcp.bind-hostname");
        if (string.IsNullOrEmpty(bound))
        {
            bound = ((ExtendedActorSystem)system).Provider.DefaultAddress.Host;
        }

        return bound == "localhost" || (IPAddress.TryParse(bound, out var address) && IPAddress.IsLoopback(address));
    }
}

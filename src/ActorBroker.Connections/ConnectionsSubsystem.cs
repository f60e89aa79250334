using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using ActorBroker.Connections.AkkaClients;
using ActorBroker.Connections.Amqp091;
using ActorBroker.Connections.Listeners;
using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Sessions;
using ActorBroker.Connections.Sockets;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using ActorBroker.Protocols.Amqp091.Session;
using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace ActorBroker.Connections;

/// <summary>
/// The node's edge: its listeners and connections, all on one materializer. Stops in two phases of the coordinated
/// shutdown: listeners close first, then connections are told to end and waited for.
/// </summary>
public static class ConnectionsSubsystem
{
    private const string ShutdownText = "broker forced connection closure with reason 'shutdown'";
    private const string LostText = "node has lost its cluster and joins it again; connect to another node";
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Binds all enabled listeners.</summary>
    /// <returns>Each listener's name and the address that it is bound to.</returns>
    /// <exception cref="BindException">An address can't be bound; the message names it.</exception>
    public static async Task<IReadOnlyList<(string Name, IPEndPoint EndPoint)>> StartAsync(
        ActorSystem system, BrokerOptions options, BrokerServices services)
    {
        var materializer = ActorMaterializer.Create(system);
        var registry = system.ActorOf(ConnectionRegistryActor.Props, "connections");
        var settings = Amqp091SettingsOf(options.Amqp091, options.Login) with
        {
            ClusterName = () => ClusterName.Of(services.Users.Tables.Current, services.Node),
        };
        var socketOptions = SocketStageOptions.Default with
        {
            ReadSize = options.Amqp091.ReadBuffer,
            MaximumReadCapacity = Math.Max(options.Amqp091.FrameMax, options.Amqp091.ReadBuffer) * 2,
        };
        var shutdown = CoordinatedShutdown.Get(system);
        var bound = new List<(string Name, IPEndPoint EndPoint)>();
        var log = Logging.GetLogger(system, typeof(ConnectionsSubsystem));
        var admission = new ClientAdmission(options.Clients.UnknownMax, options.Clients.PerAddressMax);
        foreach (var listener in options.Listeners.Where(static listener => listener is { Enabled: true, Name: ListenerOptions.Amqp or ListenerOptions.Amqps }))
        {
            var acceptor = new ClientAcceptor(
                listener.Name,
                listener.Name == ListenerOptions.Amqps ? new ServerCertificates(options.Tls, TimeProvider.System, trouble => log.Warning("{0}", trouble)) : null,
                options.Clients,
                admission,
                client => Connect(client.Described(options.Login), materializer, socketOptions, services, settings, registry),
                log);
            var one = await Listener.Bind(
                materializer,
                new ListenerEndpoint(listener.Host.ToString(), listener.Port),
                acceptor.Accept).ConfigureAwait(false);
            bound.Add((listener.Name, one.EndPoint));
            shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, $"unbind {listener.Name}", async () =>
            {
                await one.UnbindAsync().ConfigureAwait(false);
                return Akka.Done.Instance;
            });
        }

        if (AkkaClientsSubsystem.Start(system, options, services, registry) is { } gate)
        {
            bound.Add((ClientGateOptions.Name, gate));
        }

        shutdown.AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "close connections", async () =>
        {
            try
            {
                var text = shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason ? LostText : ShutdownText;
                await registry.Ask<AllClosed>(new CloseAllConnections(text), CloseTimeout).ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                // They have been told; nobody waits longer for clients that do not answer.
                Logging.GetLogger(system, typeof(ConnectionsSubsystem)).Info(
                    "Clients that did not answer connection.close in {0} are disconnected", CloseTimeout);
            }

            return Akka.Done.Instance;
        });
        return bound;
    }

    private static void Connect(
        AcceptedClient client, ActorMaterializer materializer, SocketStageOptions options, BrokerServices services,
        Amqp091ConnectionSettings settings, IActorRef registry) =>
        Flow.FromGraph(new SocketStage(client.Socket, options, client.Tls))
            .Join(Flow.FromGraph(new Amqp091ConnectionStage(services, settings, client, registry)))
            .Run(materializer);

    private static Amqp091ConnectionSettings Amqp091SettingsOf(Amqp091Options options, LoginOptions login) => new()
    {
        Mechanisms = login.Mechanisms,
        AnonymousUser = login.AnonymousUser ?? "",
        FrameMax = options.FrameMax,
        ChannelMax = options.ChannelMax,
        Heartbeat = options.Heartbeat,
        HandshakeTimeout = options.HandshakeTimeout,
        ConsumersPerChannelMax = options.MaxConsumersPerChannel,
        MessageSizeMax = options.MaxMessageSize,
        ConsumerWindowBytes = (int)options.ConsumerWindow,
        Product = options.Product,
        Version = options.Version,
        ActorBrokerVersion = Assembly.GetExecutingAssembly().GetName().Version?.ToString(fieldCount: 3) ?? "0",
        Platform = RuntimeInformation.FrameworkDescription,
    };
}

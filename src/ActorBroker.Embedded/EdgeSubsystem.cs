using System.Net;
using ActorBroker.Broker;
using ActorBroker.Connections;
using ActorBroker.Connections.Listeners;
using ActorBroker.Connections.Logins;
using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Mapping;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorBroker.Embedded;

/// <summary>Starts the node's entities and, where clients connect to it, the enabled listeners.</summary>
public static class EdgeSubsystem
{
    /// <summary>Starts them; listeners are bound and clients let in when it ends.</summary>
    /// <returns>Each listener's name and the address that it is bound to.</returns>
    /// <exception cref="StartupException">An address cannot be bound; the message names listener and address.</exception>
    public static async Task<IReadOnlyList<(string Name, IPEndPoint EndPoint)>> StartAsync(ActorSystem system, BrokerOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        var formats = new MessageFormats(new Amqp091MessageFormat());
        var entities = await BrokerSubsystem.StartAsync(system, options, clock, formats, Path.GetFullPath(options.Data.Directory)).ConfigureAwait(false);
        var users = entities.Users with
        {
            Logins = LoginServices.Create(options.Login, entities.Users.Logins, TimeProvider.System, Logging.GetLogger(system, typeof(LoginServices))),
        };
        SystemManagement.Of(system).Users = users;
        if (!options.Cluster.IsEdge)
        {
            return [];
        }

        var services = new BrokerServices(
            entities.Queues, entities.Exchanges, entities.Access, entities.Transactions, entities.RoutingTableActor, entities.RoutingTables,
            new ConnectionLimit(options.Amqp091.MaxConnections), entities.Replies, system.EventStream, formats, users,
            Cluster.Get(system).SelfAddress.HostPort(), clock, options.Amqp091.PublishWindow)
        {
            HasOtherNodes = options.Journal.Provider == JournalProvider.PostgreSql,
            AnswerTimeout = options.Amqp091.OperationTimeout,
            Statistics = entities.Statistics,
        };
        try
        {
            var listeners = await ConnectionsSubsystem.StartAsync(system, options, services).ConfigureAwait(false);
            SystemManagement.Of(system).Listeners =
                [.. listeners.Select(bound => new ListenerInfo(services.Node, bound.Name, bound.EndPoint.Address.ToString(), bound.EndPoint.Port))];
            return listeners;
        }
        catch (BindException failure)
        {
            throw new StartupException(failure.Message, failure);
        }
    }
}

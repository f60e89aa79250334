using System.Net;
using ActorBroker.Broker;
using ActorBroker.Connections;
using ActorBroker.Connections.Listeners;
using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts.Options;
using Akka.Actor;

namespace ActorBroker.Server.Composition;

/// <summary>A listener that accepts clients.</summary>
/// <param name="Name">As in actorbroker.listeners.NAME.</param>
/// <param name="EndPoint">The address, with the port that was taken if 0 was asked for.</param>
internal sealed record ServingListener(string Name, IPEndPoint EndPoint);

/// <summary>Binds the enabled listeners for the node's entities.</summary>
internal static class ListenerSubsystem
{
    /// <exception cref="StartupException">An address cannot be bound; the message names listener and address.</exception>
    public static async Task<IReadOnlyList<ServingListener>> StartAsync(ActorSystem system, BrokerOptions options, TimeProvider clock)
    {
        var entities = await BrokerSubsystem.StartAsync(system, options, clock).ConfigureAwait(false);
        var services = new BrokerServices(
            entities.Queues, entities.Exchanges, entities.Access, entities.RoutingTableActor, entities.RoutingTables,
            clock, options.Amqp091.PublishWindow, options.Amqp091);
        try
        {
            var bound = await ConnectionsSubsystem.StartAsync(system, options, services).ConfigureAwait(false);
            return [.. bound.Select(static listener => new ServingListener(listener.Name, listener.EndPoint))];
        }
        catch (BindException failure)
        {
            throw new StartupException(failure.Message, failure);
        }
    }
}

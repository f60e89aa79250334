using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Client;

/// <summary>Requests about queues, exchanges and bindings, as those who ask the client's actor or a stream's settings want them.</summary>
public static class Declare
{
    /// <summary>Create a queue, or check that it exists and is equal.</summary>
    /// <param name="queue">Its name; empty for one of the broker's making.</param>
    /// <param name="durable">It outlives a restart.</param>
    /// <param name="exclusive">It is this client's only, and deleted when the session ends, lost or not.</param>
    /// <param name="autoDelete">It is deleted when its last consumer goes.</param>
    /// <param name="arguments">Such as <c>x-queue-type</c>.</param>
    public static ClientRequest Queue(
        string queue, bool durable = true, bool exclusive = false, bool autoDelete = false, ArgumentTable? arguments = null) =>
        new ClientDeclareQueue(0, queue, new QueueDefinition(durable, exclusive, autoDelete, arguments ?? ArgumentTable.Empty), Passive: false);

    /// <summary>Check that a queue exists.</summary>
    public static ClientRequest ExistingQueue(string queue) =>
        new ClientDeclareQueue(0, queue, new QueueDefinition(false, false, false, ArgumentTable.Empty), Passive: true);

    /// <summary>Create an exchange, or check that it exists and is equal.</summary>
    /// <param name="exchange">Its name.</param>
    /// <param name="type">direct, fanout, topic, headers, and what else the broker has.</param>
    /// <param name="durable">It outlives a restart.</param>
    /// <param name="autoDelete">It is deleted when its last binding goes.</param>
    /// <param name="arguments">Such as <c>alternate-exchange</c>.</param>
    public static ClientRequest Exchange(
        string exchange, string type, bool durable = true, bool autoDelete = false, ArgumentTable? arguments = null) =>
        new ClientDeclareExchange(
            0, exchange, new ExchangeDefinition(type, durable, autoDelete, Internal: false, arguments ?? ArgumentTable.Empty), Passive: false);

    /// <summary>Bind a queue to an exchange.</summary>
    public static ClientRequest Binding(string queue, string exchange, string routingKey, ArgumentTable? arguments = null) =>
        new ClientBind(0, exchange, new Binding(Destination.Queue(queue), routingKey, arguments ?? ArgumentTable.Empty));

    /// <summary>Bind an exchange to another.</summary>
    public static ClientRequest ExchangeBinding(string destination, string source, string routingKey, ArgumentTable? arguments = null) =>
        new ClientBind(0, source, new Binding(Destination.Exchange(destination), routingKey, arguments ?? ArgumentTable.Empty));
}

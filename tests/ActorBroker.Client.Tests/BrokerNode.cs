using ActorBroker.Broker;
using ActorBroker.Broker.Persistence;
using ActorBroker.Connections;
using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Mapping;
using Akka.Actor;
using Akka.Configuration;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Client.Tests;

/// <summary>A node of a broker in this process.</summary>
internal sealed class BrokerNode
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private const string Settings =
        """
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.actor.serialize-messages = off
        """;

    private readonly ActorSystem _system;

    private BrokerNode(ActorSystem system) => _system = system;

    public Address Address => AkkaCluster.Get(_system).SelfAddress;

    public string Contact => $"{Address.Host}:{Address.Port}";

    public static async Task<BrokerNode> StartAsync(JournalStores journals, Address? seed = null)
    {
        var shipped = BrokerConfiguration.Shipped(BrokerConfiguration.Test);
        var config = ConfigurationFactory.ParseString(Settings).WithFallback(shipped);
        var system = ActorSystem.Create("actorbroker", journals.SetupOf(config));
        var cluster = AkkaCluster.Get(system);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(up.SetResult);
        await cluster.JoinAsync(seed ?? cluster.SelfAddress);
        await up.Task.WaitAsync(Limit);
        var options = BrokerOptions.Read(config);
        var formats = new MessageFormats(new Amqp091MessageFormat());
        var entities = await BrokerSubsystem.StartAsync(system, options, TimeProvider.System, formats);
        var services = new BrokerServices(
            entities.Queues, entities.Exchanges, entities.Access, entities.Transactions, entities.RoutingTableActor, entities.RoutingTables,
            new ConnectionLimit(0), entities.Replies, system.EventStream, formats,
            cluster.SelfAddress.HostPort(), TimeProvider.System, options.Amqp091.PublishWindow);
        await ConnectionsSubsystem.StartAsync(system, options, services);
        return new BrokerNode(system);
    }

    public Task StopAsync() => CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
}

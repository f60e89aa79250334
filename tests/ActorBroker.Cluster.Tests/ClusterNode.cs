using System.Net;
using ActorBroker.Broker;
using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Queues;
using ActorBroker.Broker.Routing;
using ActorBroker.Connections;
using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Sessions;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Testing.Remoting;
using ActorBroker.Testing.Serialization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Remote;
using Akka.Streams;
using RabbitMQ.Client;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Cluster.Tests;

/// <summary>One broker node with a listener of its own, beside others in this process and on their journal.</summary>
public sealed class ClusterNode
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    // Shards stay where they were first needed, so that a test knows where its queues are. What no serializer is bound to
    // never leaves its node: between nodes this fails, where Akka's default would write JSON.
    private const string Settings =
        """
        akka.cluster.sharding.rebalance-interval = 1h
        akka.remote.retry-gate-closed-for = 200ms
        akka.remote.use-passive-connections = off
        akka.actor.serialization-bindings."System.Object" = in-process
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """;

    private readonly ActorSystem _system;
    private readonly IActorRef _queues;
    private readonly IPEndPoint _endPoint;

    private ClusterNode(ActorSystem system, IActorRef queues, IPEndPoint endPoint)
    {
        _system = system;
        _queues = queues;
        _endPoint = endPoint;
    }

    /// <summary>What this node sends to the others.</summary>
    public FrameGauge Frames => FrameGauge.Of(_system);

    /// <summary>Every node that this one knows answers it in time.</summary>
    public bool ReachesAll => AkkaCluster.Get(_system).State.Unreachable.IsEmpty;

    /// <summary>What there is on all nodes, as this one tells it.</summary>
    public IManagementView View => SystemManagement.Of(_system).View!;

    public Address Address => AkkaCluster.Get(_system).SelfAddress;

    /// <summary>A node that has joined, or begun a cluster when there is no seed, and serves clients.</summary>
    /// <param name="journals">Where its entities are kept.</param>
    /// <param name="seed">A node to be let in by.</param>
    /// <param name="settings">Further <c>KEY=VALUE</c> settings.</param>
    public static async Task<ClusterNode> StartAsync(JournalStores journals, Address? seed, params string[] settings)
    {
        var shipped = BrokerConfiguration.With(
            BrokerConfiguration.Shipped(BrokerConfiguration.Test), ["actorbroker.amqp091.operation-timeout=60s", "actorbroker.listeners.http.enabled=on", .. settings]);
        var config = ConfigurationFactory.ParseString(Settings)
            .WithFallback(ConfigurationFactory.ParseString(FrameGauge.Settings))
            .WithFallback(ConfigurationFactory.ParseString(InProcessSerializer.Bindings))
            .WithFallback(shipped);
        var system = ActorSystem.Create("actorbroker", journals.SetupOf(config));
        var cluster = AkkaCluster.Get(system);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(up.SetResult);
        await cluster.JoinAsync(seed ?? cluster.SelfAddress);
        await up.Task.WaitAsync(Limit);
        var options = BrokerOptions.Read(shipped);
        var entities = await BrokerSubsystem.StartAsync(system, options, TimeProvider.System, Formats);
        var services = new BrokerServices(
            entities.Queues, entities.Exchanges, entities.Access, entities.Transactions, entities.RoutingTableActor, entities.RoutingTables,
            new ConnectionLimit(0), entities.Replies, system.EventStream, Formats, entities.Users,
            cluster.SelfAddress.HostPort(), TimeProvider.System, options.Amqp091.PublishWindow)
        {
            AnswerTimeout = options.Amqp091.OperationTimeout,
            Statistics = entities.Statistics,
        };
        var listeners = await ConnectionsSubsystem.StartAsync(system, options, services);
        await SystemManagement.Of(system).View!.BeginAsync();
        return new ClusterNode(system, entities.Queues, listeners.Single().EndPoint);
    }

    private static MessageFormats Formats { get; } = new(new Amqp091MessageFormat());

    public Task<IConnection> ConnectAsync() => new ConnectionFactory
    {
        HostName = _endPoint.Address.ToString(),
        Port = _endPoint.Port,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = TimeSpan.FromSeconds(60),
    }.CreateConnectionAsync();

    /// <summary>What a queue, wherever it is, answers an actor of this node.</summary>
    public Task<T> AskAsync<T>(NamedQueueCommand command) => _queues.Ask<T>(command, Limit);

    /// <summary>Where a queue lives.</summary>
    public async Task<Address> PlaceOfAsync(string queue)
    {
        var resolved = await AskAsync<QueueResolved>(new ResolveQueue(new QueueKey("/", queue), 0));
        return resolved.Actor.Path.Address.HasGlobalScope ? resolved.Actor.Path.Address : Address;
    }

    /// <summary>Shards of queues on this node.</summary>
    public async Task<int> ShardCountAsync() =>
        (await _queues.Ask<ShardRegionStats>(GetShardRegionStats.Instance, Limit)).Stats.Count;

    /// <summary>A name that no queue has, and whose queue will be on this node.</summary>
    public async Task<string> NewQueueNameAsync(string prefix)
    {
        var extractor = EntitySharding.Extractor(BrokerOptions.Read(_system.Settings.Config).Cluster.Shards);
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var key = new QueueKey("/", $"{prefix}-{Guid.NewGuid():N}");
            await _queues.Ask<QueueAnswered>(new ResolveQueue(key, 0), Limit);
            var here = await _queues.Ask<ShardRegionStats>(GetShardRegionStats.Instance, Limit);
            if (here.Stats.ContainsKey(extractor.ShardId(EntityIds.Of(key))))
                return key.Name;
        }

        throw new InvalidOperationException($"No shard of queues is on {Address}.");
    }

    /// <summary>A second incarnation of a queue, as if this node had not heard that the queue lives elsewhere now.</summary>
    /// <returns>Its actor, recovered, and who hears what it answers and when it ends.</returns>
    public async Task<(IActorRef Actor, Inbox Inbox)> StartStaleIncarnationAsync(string queue)
    {
        var key = new QueueKey("/", queue);
        var settings = QueueSharding.Settings(
            BrokerOptions.Read(_system.Settings.Config).Queue,
            QueueSharding.Forwarding(TimeProvider.System, Formats, new RoutingTables(), ActorRefs.Nobody),
            new JournalReader(_system), new NodePolicies(_ => ActorRefs.Nobody));
        var actor = _system.ActorOf(QueueActor.Props(EntityIds.Of(key), settings));
        await actor.Ask<QueueResolved>(new ResolveQueue(key, 0), Limit);
        var inbox = Inbox.Create(_system);
        inbox.Watch(actor);
        return (actor, inbox);
    }

    /// <summary>Is gone from one moment to the next, as if killed: nobody is told, and nothing that is under way gets out.</summary>
    public async Task KillAsync()
    {
        await ((IRemoteActorRefProvider)((ExtendedActorSystem)_system).Provider).Transport.Shutdown();
        ((ExtendedActorSystem)_system).Abort();
        await _system.WhenTerminated.WaitAsync(Limit);
    }

    /// <summary>Gives a node up that is gone, as a failure detector would after a while.</summary>
    public void Down(Address node) => AkkaCluster.Get(_system).Down(node);

    /// <summary>Leaves the cluster: shards move to the other nodes.</summary>
    public Task StopAsync() => CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
}

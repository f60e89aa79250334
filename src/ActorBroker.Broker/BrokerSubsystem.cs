using ActorBroker.Broker.Access;
using ActorBroker.Broker.Alarms;
using ActorBroker.Broker.Audit;
using ActorBroker.Broker.Catalogue;
using ActorBroker.Broker.Clustering;
using ActorBroker.Broker.Events;
using ActorBroker.Broker.Exchanges;
using ActorBroker.Broker.Management;
using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Policies;
using ActorBroker.Broker.Queues;
using ActorBroker.Broker.Replies;
using ActorBroker.Broker.Routing;
using ActorBroker.Broker.Transactions;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Replies;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using Akka.DistributedData;

namespace ActorBroker.Broker;

/// <summary>The started entities of a node, as the edge needs them.</summary>
/// <param name="Queues">Shard region of queues.</param>
/// <param name="Exchanges">Shard region of exchanges.</param>
/// <param name="Access">Shard region of the access entity.</param>
/// <param name="Transactions">Shard region of those who decide transactions of several queues.</param>
/// <param name="RoutingTableActor">Loads routing tables.</param>
/// <param name="RoutingTables">The node's routing tables.</param>
/// <param name="Replies">Finds the connections behind names of direct reply-to.</param>
/// <param name="Users">Who may do what, and who is who.</param>
public sealed record BrokerEntities(
    IActorRef Queues, IActorRef Exchanges, IActorRef Access, IActorRef Transactions, IActorRef RoutingTableActor, RoutingTables RoutingTables,
    ReplyDirectory Replies, UserServices Users)
{
    /// <summary>Connections are counted there.</summary>
    public required NodeStatistics Statistics { get; init; }
}

/// <summary>Starts a node's entities: queues, exchanges, catalogues, users, and the node's routing tables.</summary>
public static class BrokerSubsystem
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What the parts of Akka that are used here expect below an actor system's configuration. They add it themselves once they
    /// are used: too late for what other nodes say to one that is only about to join.
    /// </summary>
    public static Config AkkaDefaults =>
        ClusterSharding.DefaultConfig().WithFallback(ClusterSingleton.DefaultConfig()).WithFallback(DistributedData.DefaultConfig());

    /// <summary>Starts all regions, and waits until the access entity answers: clients can then be served.</summary>
    /// <param name="system">A member of its cluster, or about to be.</param>
    /// <param name="options">The node's settings.</param>
    /// <param name="clock">Wall clock.</param>
    /// <param name="formats">The formats of all protocols that clients may use.</param>
    /// <param name="dataFolder">Path of the data folder that this process holds; null for none.</param>
    public static async Task<BrokerEntities> StartAsync(
        ActorSystem system, BrokerOptions options, TimeProvider clock, MessageFormats formats, string? dataFolder = null)
    {
        var statistics = new NodeStatistics(ManagementStart.IsKept(options)) { Logins = new LoginCounters(options.Login.TracksSources) };
        var access = AccessSharding.Start(system, options.Access, clock);
        var catalogues = CatalogueSharding.Start(system, CatalogueSharding.Settings(clock), options.Cluster.Shards);
        IActorRef? tableActor = null;
        var policies = new NodePolicies(_ => tableActor ?? ActorRefs.Nobody);
        var tables = new RoutingTables();
        tableActor = RoutingTableStart.Start(system, tables, RoutingTableStart.Settings(policies));
        var forwarding = QueueSharding.Forwarding(clock, formats, tables, tableActor);
        // Who asks for a client gives up before the client does.
        var answerTimeout = options.Amqp091.OperationTimeout * (2.0 / 3);
        var exchanges = ExchangeSharding.Start(
            system, ExchangeSharding.Settings(policies, forwarding) with { AnswerTimeout = answerTimeout }, options.Cluster.Shards);
        var queueSettings = QueueSharding.Settings(options.Queue, forwarding, new JournalReader(system), policies) with
        {
            AnswerTimeout = answerTimeout,
            Statistics = statistics,
        };
        if (options.Cluster.IsStore)
        {
            QueueSharding.StartHost(system, queueSettings);
        }

        var queues = QueueSharding.Start(system, queueSettings, options.Cluster.Shards);
        var transactions = TransactionSharding.Start(system, TransactionSharding.Settings(clock));
        var regions = new Dictionary<string, IActorRef>
        {
            [EntityIds.QueueType] = queues,
            [EntityIds.ExchangeType] = exchanges,
            [EntityIds.CatalogueType] = catalogues,
            [EntityIds.AccessType] = access,
            [EntityIds.TransactionType] = transactions,
        };
        system.ActorOf(DroppedQuestionsActor.Props(regions), "dropped-questions");
        system.ActorOf(EventExchangeActor.Props(forwarding, policies, Cluster.Get(system).SelfAddress.HostPort()), "events");
        if (options.Audit.IsEnabled)
        {
            WriteBeforeRegionsStop(system, system.ActorOf(AuditActor.Props(forwarding, options.Audit, dataFolder), "audit"));
        }

        system.ActorOf(MembersActor.Props, "members");
        var (users, followsAccess) = AccessSharding.StartTables(system, access, options.Access, clock);
        StopBeforeRegions(system, tableActor, followsAccess);
        await users.Tables.Known.WaitAsync(StartTimeout).ConfigureAwait(false);
        await ConfiguredPolicies.SetAsync(options.Policies, catalogues, clock).ConfigureAwait(false);
        await ConfiguredPolicies.TraceAsync(options.TracedVirtualHosts, catalogues, clock).ConfigureAwait(false);
        await ConfiguredLimits.SetAsync(options.Limits, access, catalogues, clock).ConfigureAwait(false);
        if (options.Cluster.IsStore)
        {
            system.ActorOf(
                QueueWakeUpActor.Props(access, catalogues, queues, policies, queueSettings.Sleeping, clock, () => IsOldestStore(system)),
                QueueWakeUpActor.Name);
        }

        var disk = options.Journal.Provider == JournalProvider.Sqlite ? options.Data.Directory : null;
        var gauge = new MachineGauge(disk);
        var limits = new ResourceLimits(options.Alarms);
        var entities = new BrokerEntities(queues, exchanges, access, transactions, tableActor, tables, ReplyDirectoryStart.Start(system), users)
        {
            Statistics = statistics,
        };
        SystemManagement.Of(system).Users = users;
        if (ManagementStart.IsWanted(options))
        {
            SystemManagement.Of(system).View = ManagementStart.Start(system, options, clock, new NodeGauge(gauge, limits, options.Cluster.IsStore, clock.GetUtcNow()), entities, policies);
        }

        system.ActorOf(ResourceMonitorActor.Props(limits, options.Alarms.CheckInterval, gauge), ResourceMonitorActor.Name);
        return entities;
    }

    // One that is down or leaving is none of them any more.
    private static bool IsOldestStore(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        return !cluster.State.Members.Any(member =>
            member.Status == MemberStatus.Up && member.HasRole(ClusterOptions.Store) && member.IsOlderThan(cluster.SelfMember));
    }

    // What clients changed last, whose connections are gone by then.
    private static void WriteBeforeRegionsStop(ActorSystem system, IActorRef audit) =>
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "write audit records", async () =>
        {
            Task written = audit.Ask<Akka.Done>(AuditActor.Drain.Instance, StopTimeout);
            await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Akka.Done.Instance;
        });

    // Connections are gone by then. They would subscribe to the next incarnation of each entity that its region takes down.
    private static void StopBeforeRegions(ActorSystem system, params IActorRef[] followers) =>
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "stop routing", async () =>
        {
            await Task.WhenAll(followers.Select(static follower => follower.GracefulStop(StopTimeout))).ConfigureAwait(false);
            return Akka.Done.Instance;
        });
}

using System.Reflection;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;

namespace ActorBroker.Management;

/// <summary>The parts of a started node that its management talks to.</summary>
/// <param name="System">The node.</param>
/// <param name="Options">Its settings.</param>
/// <param name="Users">Who may do what, and who is who.</param>
/// <param name="View">What there is, on all nodes.</param>
/// <param name="Clock">Wall clock.</param>
public sealed record ManagedBroker(ActorSystem System, BrokerOptions Options, UserServices Users, IManagementView View, TimeProvider Clock)
{
    /// <summary>Stops and starts the node; null where that is for the program that it runs in.</summary>
    public INodeSwitch? Switch { get; init; }

    /// <summary>The management of a node that serves; null where nothing is kept for it.</summary>
    public static ManagedBroker? Of(ActorSystem system, BrokerOptions options, TimeProvider clock) =>
        SystemManagement.Of(system) is { Users: { } users, View: { } view } ? new ManagedBroker(system, options, users, view, clock) : null;

    /// <summary>Longest that an entity may take to answer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Shard region of the access entity.</summary>
    public IActorRef Access => Region(EntityIds.AccessType);

    /// <summary>Shard region of the catalogues.</summary>
    public IActorRef Catalogues => Region(EntityIds.CatalogueType);

    /// <summary>Shard region of exchanges.</summary>
    public IActorRef Exchanges => Region(EntityIds.ExchangeType);

    /// <summary>Shard region of queues.</summary>
    public IActorRef Queues => Region(EntityIds.QueueType);

    /// <summary>Opens sessions for whoever uses the management.</summary>
    public ActorSelection Sessions => System.ActorSelection(LocalSession.Opener);

    /// <summary>The node's name, for operators.</summary>
    public string Node => Cluster.Get(System).SelfAddress.HostPort();

    /// <summary>ActorBroker's own version.</summary>
    public static string Version { get; } = Assembly.GetExecutingAssembly().GetName().Version?.ToString(fieldCount: 3) ?? "0";

    private IActorRef Region(string shardType) => ClusterSharding.Get(System).ShardRegion(shardType);
}

using ActorBroker.Connections.Registry;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Replies;
using ActorBroker.Contracts.Statistics;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Connections.Sessions;

/// <summary>The parts of the broker that sessions of a node talk to.</summary>
/// <param name="Queues">Shard region of queues.</param>
/// <param name="Exchanges">Shard region of exchanges.</param>
/// <param name="Access">Shard region of the access entity.</param>
/// <param name="Transactions">Shard region of those who decide transactions of several queues.</param>
/// <param name="RoutingTableActor">The node's writer of <paramref name="RoutingTables"/>; loads what is missing.</param>
/// <param name="RoutingTables">The node's routing tables.</param>
/// <param name="Connections">Counts the node's connections.</param>
/// <param name="Replies">Finds the connections behind names of direct reply-to.</param>
/// <param name="Events">Takes what those who watch the node are told.</param>
/// <param name="Formats">Read the properties of messages where routing looks at them.</param>
/// <param name="Users">Who is who, and may do what.</param>
/// <param name="Node">The node's name, for operators.</param>
/// <param name="Clock">Wall clock and elapsed time.</param>
/// <param name="PublishWindowBytes">Most bytes that a session has on their way to queues before it stops reading.</param>
public sealed record BrokerServices(
    IActorRef Queues,
    IActorRef Exchanges,
    IActorRef Access,
    IActorRef Transactions,
    IActorRef RoutingTableActor,
    RoutingTables RoutingTables,
    ConnectionLimit Connections,
    ReplyDirectory Replies,
    EventStream Events,
    MessageFormats Formats,
    UserServices Users,
    string Node,
    TimeProvider Clock,
    long PublishWindowBytes)
{
    /// <summary>Those who watch the node look there.</summary>
    public NodeStatistics Statistics { get; init; } = NodeStatistics.None;

    /// <summary>There may be other nodes: what is told to an entity by a region may take a while, and come after its repetition.</summary>
    public bool HasOtherNodes { get; init; }

    /// <summary>How long an entity may take to answer, and a queue that was lost to be found again.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(15);
}

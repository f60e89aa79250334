using ActorBroker.Contracts.Replies;
using Akka.Actor;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Broker.Replies;

/// <summary>Starts a node's reply directory.</summary>
public static class ReplyDirectoryStart
{
    /// <summary>Once for each node.</summary>
    public static ReplyDirectory Start(ActorSystem system) => new(
        system.ActorOf(ReplyDirectoryActor.Props, ReplyDirectoryActor.Name),
        ReplyName.NodeKeyOf(AkkaCluster.Get(system).SelfAddress));
}

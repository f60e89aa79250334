using ActorBroker.Contracts.Queues;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>Where queues live, between nodes: manifests start with p.</summary>
internal static class PlacementFormats
{
    public static void AddTo(FormatTable formats, ActorReferences actors)
    {
        formats.AddProto(
            "p-host1", Proto.HostQueue.Parser,
            (HostQueue m) => new Proto.HostQueue { EntityId = m.EntityId, Home = ActorReferences.Write(m.Home) },
            p => new HostQueue(p.EntityId, actors.Read(p.Home)));
        formats.AddProto(
            "p-hosted1", Proto.QueueHosted.Parser,
            (QueueHosted m) => new Proto.QueueHosted { Queue = ActorReferences.Write(m.Queue) },
            p => new QueueHosted(actors.Read(p.Queue)));
        formats.AddProto("p-leaves1", Proto.PlacementNotice.Parser, (HostedQueueLeaves _) => new Proto.PlacementNotice(), _ => new HostedQueueLeaves());
        formats.AddProto("p-stop1", Proto.PlacementNotice.Parser, (StopHostedQueue _) => new Proto.PlacementNotice(), _ => new StopHostedQueue());
        formats.AddProto("p-count1", Proto.PlacementNotice.Parser, (CountQueues _) => new Proto.PlacementNotice(), _ => new CountQueues());
        formats.AddProto(
            "p-counted1", Proto.QueuesCounted.Parser,
            (QueuesCounted m) => new Proto.QueuesCounted { Count = m.Count },
            p => new QueuesCounted(p.Count));
    }
}

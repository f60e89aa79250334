using ActorBroker.Core.Alarms;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>What a session tells its protocol.</summary>
internal sealed class HeardBySession : IBrokerSessionListener
{
    public List<(int Channel, ulong First, ulong Last, bool Negative, bool AllBefore)> Confirms { get; } = [];

    public List<(int ConsumerId, long Position, string Body)> Deliveries { get; } = [];

    public List<ResourceAlarms> Alarms { get; } = [];

    public List<(int ConsumerId, long TimeoutMs)> TimedOut { get; } = [];

    public List<int> Cancelled { get; } = [];

    public ClientDescription Client { get; } = new("AMQP 0-9-1", "PLAIN", ArgumentTable.Empty, 2047, 131_072, TimeSpan.FromSeconds(60));

    public void OnDeliveries(int consumerId, ReadOnlySpan<DeliverySegment> segments)
    {
        foreach (var segment in segments)
        {
            for (var i = 0; i < segment.Count; i++)
                Deliveries.Add((consumerId, segment.FirstPosition + i, TestBatches.BodyText(segment, i)));
        }
    }

    public void OnResourceAlarms(ResourceAlarms alarms) => Alarms.Add(alarms);

    public void OnConsumerCancelled(int consumerId) => Cancelled.Add(consumerId);

    public void OnConsumerTimedOut(int consumerId, long timeoutMs) => TimedOut.Add((consumerId, timeoutMs));

    public void OnConfirm(int channel, ulong firstTag, ulong lastTag, bool negative, bool allBefore) =>
        Confirms.Add((channel, firstTag, lastTag, negative, allBefore));
}

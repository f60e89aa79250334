using System.Diagnostics;
using ActorBroker.Contracts.Telemetry;
using ActorBroker.Core.Messages;

namespace ActorBroker.Broker.Queues;

/// <content>What becomes of messages that carry a trace's context, for whoever listens to <see cref="BrokerTraces"/>.</content>
public sealed partial class QueueActor
{
    private void TellEnqueued(MessageBatch batch)
    {
        var now = _settings.Clock.GetUtcNow();
        for (var i = 0; i < batch.Count; i++)
        {
            var message = batch[i];
            if (BrokerTraces.TryGetContext(_settings.Formats, message.Format, message.Flags, message.Properties, out var context))
            {
                BrokerTraces.Tell("enqueue", ActivityKind.Internal, context, now, _key.Name, "messaging.message.body.size", message.BodyLength);
            }
        }
    }
}

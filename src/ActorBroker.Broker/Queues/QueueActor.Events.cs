using ActorBroker.Contracts.Audit;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Queues;

/// <content>What those who watch are told. An exchange's stage is a part of the exchange, and not told of, nor is what notes what happens.</content>
public sealed partial class QueueActor
{
    private bool IsHidden => Stage.IsName(_key.Name) || _key == AuditTrail.Queue;

    private void TellCreated(DeclareQueue declare) => Tell(new QueueCreated(_key, _definition!, _owner, declare.Origin));

    private void TellDeleted()
    {
        ForgetFigures();
        Tell(new Contracts.Events.QueueDeleted(_key, DeletedBy)
        {
            IsOfTransient = _definition is { Durable: false } or { Exclusive: true } or { AutoDelete: true },
        });
    }

    private void Tell(BrokerEvent happened)
    {
        if (!IsHidden)
        {
            Context.System.EventStream.Publish(happened);
        }
    }
}

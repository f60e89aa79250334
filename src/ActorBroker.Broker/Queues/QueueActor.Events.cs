using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.Queues;

/// <content>What those who watch are told. An exchange's stage is a part of the exchange, and not told of.</content>
public sealed partial class QueueActor
{
    private void TellCreated(DeclareQueue declare) => Tell(new QueueCreated(_key, _definition!, _owner, declare.Origin));

    private void TellDeleted()
    {
        ForgetFigures();
        Tell(new Contracts.Events.QueueDeleted(_key, DeletedBy));
    }

    private void Tell(BrokerEvent happened)
    {
        if (!Stage.IsName(_key.Name))
        {
            Context.System.EventStream.Publish(happened);
        }
    }
}

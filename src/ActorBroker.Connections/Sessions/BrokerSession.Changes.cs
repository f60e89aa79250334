using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// What changes queues and exchanges. With several nodes the entity's actor is asked for first, and told itself: see
/// <see cref="PendingRequests.AskFound"/>. A node of its own has one region, which keeps the order.
/// </content>
public sealed partial class BrokerSession
{
    private void AskExchange(string exchange, Action<Refusal?> reply, Func<long, ExchangeCommand> change)
    {
        FlushSlab();
        Action<object?> onAnswer = answer => reply(answer is ExchangeAnswered answered ? answered.Refusal : Overdue("The exchange"));
        if (_services.HasOtherNodes)
        {
            _requests.AskFound(
                onAnswer,
                id => _services.Exchanges.Tell(new DescribeExchange(Exchange(exchange), id), _self),
                (id, actor) => actor.Tell(change(id), _self));
        }
        else
        {
            _requests.Ask(onAnswer, id => _services.Exchanges.Tell(change(id), _self));
        }
    }

    private void AskQueue(string queue, Action<QueueReply> reply, Func<long, NamedQueueCommand> change)
    {
        EndOfRead();
        if (RefuseHidden(queue, Refused(reply)))
        {
            return;
        }

        if (_links.TryGetValue(queue, out var link) && link.IsResolving)
        {
            // What this connection published to the queue before has not been sent yet and must come first.
            link.WhenResolved(_ => TellQueue(queue, reply, change));
            return;
        }

        TellQueue(queue, reply, change);
    }

    private void TellQueue(string queue, Action<QueueReply> reply, Func<long, NamedQueueCommand> change)
    {
        Action<object?> onAnswer = answer => reply(answer is QueueAnswered answered
            ? new QueueReply(answered.Refusal, answered.MessageCount, answered.ConsumerCount)
            : new QueueReply(Overdue("The queue"), 0, 0));
        if (_services.HasOtherNodes)
        {
            _requests.AskFound(
                onAnswer,
                id => _services.Queues.Tell(new DescribeQueue(QueueKeyOf(queue), id), _self),
                (id, actor) => actor.Tell(change(id), _self));
        }
        else
        {
            _requests.Ask(onAnswer, id => _services.Queues.Tell(change(id), _self));
        }
    }
}

using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

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
        AskFor(
            _services.Exchanges,
            answer => reply(answer is ExchangeAnswered answered ? answered.Refusal : Overdue("The exchange")),
            id => new DescribeExchange(Exchange(exchange), id),
            change);
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

    private void TellQueue(string queue, Action<QueueReply> reply, Func<long, NamedQueueCommand> change) => AskFor(
        _services.Queues,
        answer => reply(answer is QueueAnswered answered
            ? new QueueReply(answered.Refusal, answered.MessageCount, answered.ConsumerCount)
            : new QueueReply(Overdue("The queue"), 0, 0)),
        id => new DescribeQueue(QueueKeyOf(queue), id),
        change);

    private void AskFor(IActorRef region, Action<object?> onAnswer, Func<long, object> question, Func<long, object> change)
    {
        if (_services.HasOtherNodes)
        {
            _requests.AskFound(onAnswer, id => region.Tell(question(id), _self), (id, actor) => actor.Tell(change(id), _self));
        }
        else
        {
            _requests.Ask(onAnswer, id => region.Tell(change(id), _self));
        }
    }
}

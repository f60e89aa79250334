using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <content>Direct reply-to: the connection of whoever asked takes the place of a queue.</content>
public sealed partial class BrokerSession
{
    private readonly ReplyConsumers _replies;

    /// <inheritdoc/>
    public string OpenReplyConsumer(int consumerId) => _replies.Open(consumerId);

    /// <inheritdoc/>
    public void FindReplyConsumer(string name, Action<Refusal?> reply) => AskForReplyConsumer(name, answer => reply(answer switch
    {
        QueueResolved => null,
        QueueAnswered answered => answered.Refusal,
        _ => Overdue("The connection that waits for the reply"),
    }));

    // Found once for each name, and not again when it is not there: a name that is gone never comes back.
    private void PrepareReply(SessionTarget target, Action loaded) => AskForReplyConsumer(target.RoutingKey, answer =>
    {
        target.LeadTo(answer is QueueResolved found ? [LinkToConnection(found.Actor)] : []);
        loaded();
    });

    private void AskForReplyConsumer(string name, Action<object?> onAnswer)
    {
        FlushSlab();
        _requests.Ask(onAnswer, id => _services.Replies.Actor.Tell(new ResolveQueue(QueueKeyOf(name), id), _self));
    }

    private QueueLink LinkToConnection(IActorRef connection)
    {
        if (!_linksByActor.TryGetValue(connection, out var link))
        {
            link = new QueueLink(DirectReply.Prefix) { IsOfConnection = true };
            link.Resolve(connection, _self);
            _linksByActor.Add(connection, link);
            if (!connection.Equals(_self))
            {
                _watch(connection);
            }
        }

        return link;
    }
}

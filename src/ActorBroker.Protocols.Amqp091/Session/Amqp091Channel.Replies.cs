using System.Text;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <content>Direct reply-to: the channel's one consumer of replies, and the name that its requests carry.</content>
internal sealed partial class Amqp091Channel
{
    private AmqpConsumer? _replyConsumer;
    private byte[]? _replyName;

    private void ConsumeReplies(string tag, BasicConsume consume)
    {
        if (!consume.NoAck)
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, "reply consumer cannot acknowledge");
        if (_replyConsumer is { IsGone: false, IsStopped: false })
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, "reply consumer already set");
        var consumer = AddConsumer(tag, queue: null, noAck: true, isGetter: false);
        consumer.WindowBytes = _connection.Settings.ConsumerWindowBytes;
        _consumersByTag.Add(tag, consumer);
        _replyConsumer = consumer;
        _replyName = Encoding.ASCII.GetBytes(_session.OpenReplyConsumer(consumer.Id));
        Reply(consume.NoWait, new BasicConsumeOk(tag));
    }

    /// <summary>What a request is to carry instead of the name that stands for the consumer of its own channel.</summary>
    /// <exception cref="Amqp091ErrorException">406: there is no such consumer.</exception>
    private byte[] NameReplies(ReadOnlySpan<byte> properties)
    {
        if (_replyConsumer is not { IsGone: false, IsStopped: false })
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, "fast reply consumer does not exist");
        return PublishedProperties.WithReplyTo(properties, _replyName);
    }

    /// <summary>Whoever replies asks by a declaration whether someone still waits: passive or not is the same here, as in RabbitMQ.</summary>
    private bool TryDeclareReplies(QueueDeclare declare)
    {
        if (declare.Queue == DirectReply.Queue)
        {
            Reply(declare.NoWait, new QueueDeclareOk(declare.Queue, 0, 1));
            return true;
        }

        if (!DirectReply.IsName(declare.Queue))
            return false;
        _session.FindReplyConsumer(
            declare.Queue, Await(MethodId.QueueDeclare, () => Reply(declare.NoWait, new QueueDeclareOk(declare.Queue, 0, 1))));
        return true;
    }
}

using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>What a client of Akka.Remote asks of its session, and the answers.</summary>
internal static class ClientRequestFormats
{
    public static void AddTo(FormatTable formats)
    {
        AddTopology(formats);
        AddConsuming(formats);
        formats.AddProto(
            "k-answer1", Proto.ClientAnswer.Parser,
            (ClientAnswer m) => new Proto.ClientAnswer
            {
                RequestId = m.RequestId,
                Refusal = m.Refusal.ToForm(),
                Name = m.Name,
                MessageCount = m.MessageCount,
                ConsumerCount = m.ConsumerCount,
            },
            p => new ClientAnswer(p.RequestId, p.Refusal.ToRefusal(), p.Name, p.MessageCount, p.ConsumerCount));
    }

    private static void AddTopology(FormatTable formats)
    {
        formats.AddProto(
            "k-queue1", Proto.ClientTopology.Parser,
            (ClientDeclareQueue m) => new Proto.ClientTopology
            {
                RequestId = m.RequestId, Name = m.Queue, Queue = m.Definition.ToForm(), Passive = m.Passive,
            },
            p => new ClientDeclareQueue(p.RequestId, p.Name, p.Queue.ToQueueDefinition(), p.Passive));
        formats.AddProto(
            "k-noqueue1", Proto.ClientTopology.Parser,
            (ClientDeleteQueue m) => new Proto.ClientTopology
            {
                RequestId = m.RequestId, Name = m.Queue, IfUnused = m.IfUnused, IfEmpty = m.IfEmpty,
            },
            p => new ClientDeleteQueue(p.RequestId, p.Name, p.IfUnused, p.IfEmpty));
        formats.AddProto(
            "k-purge1", Proto.ClientTopology.Parser,
            (ClientPurgeQueue m) => new Proto.ClientTopology { RequestId = m.RequestId, Name = m.Queue },
            p => new ClientPurgeQueue(p.RequestId, p.Name));
        formats.AddProto(
            "k-exchange1", Proto.ClientTopology.Parser,
            (ClientDeclareExchange m) => new Proto.ClientTopology
            {
                RequestId = m.RequestId, Name = m.Exchange, Exchange = m.Definition.ToForm(), Passive = m.Passive,
            },
            p => new ClientDeclareExchange(p.RequestId, p.Name, p.Exchange.ToExchangeDefinition(), p.Passive));
        formats.AddProto(
            "k-noexchange1", Proto.ClientTopology.Parser,
            (ClientDeleteExchange m) => new Proto.ClientTopology { RequestId = m.RequestId, Name = m.Exchange, IfUnused = m.IfUnused },
            p => new ClientDeleteExchange(p.RequestId, p.Name, p.IfUnused));
        formats.AddProto(
            "k-bind1", Proto.ClientTopology.Parser,
            (ClientBind m) => new Proto.ClientTopology { RequestId = m.RequestId, Name = m.Exchange, Binding = m.Binding.ToForm() },
            p => new ClientBind(p.RequestId, p.Name, p.Binding.ToBinding()));
        formats.AddProto(
            "k-unbind1", Proto.ClientTopology.Parser,
            (ClientUnbind m) => new Proto.ClientTopology { RequestId = m.RequestId, Name = m.Exchange, Binding = m.Binding.ToForm() },
            p => new ClientUnbind(p.RequestId, p.Name, p.Binding.ToBinding()));
    }

    private static void AddConsuming(FormatTable formats)
    {
        formats.AddProto(
            "k-subscribe1", Proto.ClientSubscribe.Parser,
            (ClientSubscribe m) => new Proto.ClientSubscribe
            {
                RequestId = m.RequestId,
                ConsumerId = m.ConsumerId,
                Queue = m.Queue,
                Tag = m.Settings.Tag,
                NoAck = m.Settings.NoAck,
                Exclusive = m.Settings.Exclusive,
                PrefetchCount = m.Settings.PrefetchCount,
                WindowBytes = m.Settings.WindowBytes,
                Arguments = m.Settings.Arguments.ToForm(),
            },
            p => new ClientSubscribe(
                p.RequestId, p.ConsumerId, p.Queue,
                new ConsumerSettings(p.Tag, p.NoAck, p.Exclusive, p.PrefetchCount, p.WindowBytes, p.Arguments.ToArguments())));
        formats.AddProto(
            "k-unsubscribe1", Proto.ClientConsumer.Parser,
            (ClientUnsubscribe m) => new Proto.ClientConsumer { RequestId = m.RequestId, ConsumerId = m.ConsumerId },
            p => new ClientUnsubscribe(p.RequestId, p.ConsumerId));
        formats.AddProto(
            "k-get1", Proto.ClientConsumer.Parser,
            (ClientGet m) => new Proto.ClientConsumer { RequestId = m.RequestId, ConsumerId = m.ConsumerId, Queue = m.Queue, NoAck = m.NoAck },
            p => new ClientGet(p.RequestId, p.ConsumerId, p.Queue, p.NoAck));
        formats.AddProto(
            "k-replies1", Proto.ClientConsumer.Parser,
            (ClientOpenReplies m) => new Proto.ClientConsumer { RequestId = m.RequestId, ConsumerId = m.ConsumerId },
            p => new ClientOpenReplies(p.RequestId, p.ConsumerId));
        formats.AddProto(
            "k-ended1", Proto.ClientSubscriptionEnded.Parser,
            (ClientSubscriptionEnded m) => new Proto.ClientSubscriptionEnded { ConsumerId = m.ConsumerId, Refusal = m.Refusal.ToForm() },
            p => new ClientSubscriptionEnded(
                p.ConsumerId, p.Refusal.ToRefusal() ?? throw new InvalidDataException("The reason of an end is missing.")));
    }
}

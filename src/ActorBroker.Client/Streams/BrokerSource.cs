using Akka;
using Akka.Streams.Dsl;

namespace ActorBroker.Client.Streams;

/// <summary>
/// Sources of a queue's messages. They ask the broker for what downstream can take within their settings' limits, go on
/// when the client opens another session, and fail with <see cref="BrokerRefusedException"/> when the queue is gone or may
/// not be consumed.
/// </summary>
public static class BrokerSource
{
    /// <summary>
    /// Messages that are settled as the broker sends them: what is in the stream when it ends, or on its way when the
    /// session is lost, is lost.
    /// </summary>
    public static Source<ReceivedMessage, NotUsed> AtMostOnceSource(BrokerClient client, SourceSettings settings) =>
        Source.FromGraph(new QueueSourceStage(client, settings, noAck: true)).Select(static message => message.Message);

    /// <summary>
    /// Messages that are to be settled one by one, by <see cref="CommittableMessage.Ack"/> or what else it has. What is not
    /// comes again: when the stream ends, or when the session is lost.
    /// </summary>
    public static Source<CommittableMessage, NotUsed> CommittableSource(BrokerClient client, SourceSettings settings) =>
        Source.FromGraph(new QueueSourceStage(client, settings, noAck: false));
}

using Akka;
using Akka.Streams.Dsl;

namespace ActorBroker.Client.Streams;

/// <summary>Sinks that publish.</summary>
public static class BrokerSink
{
    /// <summary>
    /// Publishes every message. The task ends when upstream has ended and everything is confirmed; it fails, and the stream
    /// with it, with <see cref="PublishFailedException"/> at the first message that is not.
    /// </summary>
    public static Sink<OutgoingMessage, Task<Done>> Sink(BrokerClient client, PublishSettings? settings = null) =>
        Flow.Create<OutgoingMessage>()
            .Select(static message => (message, NotUsed.Instance))
            .Via(BrokerFlow.WithConfirms<NotUsed>(client, settings))
            .ToMaterialized(
                Akka.Streams.Dsl.Sink.ForEach<PublishedElement<NotUsed>>(static element =>
                {
                    if (!element.Result.IsConfirmed)
                    {
                        throw new PublishFailedException(element.Message, element.Result);
                    }
                }),
                Keep.Right);
}

using Akka;
using Akka.Streams.Dsl;

namespace ActorBroker.Client.Streams;

/// <summary>What became of an element.</summary>
/// <param name="Context">The element's context.</param>
/// <param name="Message">The message.</param>
/// <param name="Result">What became of it.</param>
public sealed record PublishedElement<TContext>(TContext Context, OutgoingMessage Message, PublishResult Result);

/// <summary>Flows that publish and go on with each message's outcome, in order.</summary>
public static class BrokerFlow
{
    /// <summary>
    /// Publishes, and emits what became of each message with the context that came along, such as the committable message
    /// that it was made of. An outcome that is no confirm does not fail the stream.
    /// </summary>
    public static Flow<(OutgoingMessage Message, TContext Context), PublishedElement<TContext>, NotUsed> WithConfirms<TContext>(
        BrokerClient client, PublishSettings? settings = null) =>
        Flow.FromGraph(new PublishFlowStage<TContext>(client, settings ?? PublishSettings.Default));
}

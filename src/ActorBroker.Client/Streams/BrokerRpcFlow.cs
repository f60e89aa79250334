using Akka;
using Akka.Streams.Dsl;

namespace ActorBroker.Client.Streams;

/// <summary>What became of a request.</summary>
/// <param name="Context">The request's context.</param>
/// <param name="Reply">The reply; null when there is none.</param>
/// <param name="Failure">Why there is none; null when there is one.</param>
public sealed record RpcReply<TContext>(TContext Context, ReceivedMessage? Reply, string? Failure);

/// <summary>Requests and their replies, by direct reply-to: no queue is made for the replies.</summary>
public static class BrokerRpcFlow
{
    /// <summary>
    /// Publishes requests and emits their replies in the order of the requests. Correlation id and reply-to are the flow's
    /// own; who replies publishes to the request's reply-to on the default exchange, with its correlation id. A request
    /// that is not routed, not answered in time, or whose session is lost has a failure in place of a reply.
    /// </summary>
    public static Flow<(OutgoingMessage Message, TContext Context), RpcReply<TContext>, NotUsed> Create<TContext>(
        BrokerClient client, RpcSettings? settings = null) =>
        Flow.FromGraph(new RpcFlowStage<TContext>(client, settings ?? RpcSettings.Default));
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Exchanges;

/// <summary>
/// What an exchange entity understands. All of it goes through the shard region; answers go to the sender, with the
/// request id of the sender's own choosing. One exchange handles its requests in order.
/// </summary>
public abstract record ExchangeCommand(ExchangeKey Exchange) : IShardedMessage
{
    /// <inheritdoc/>
    public string? EntityId => Exchange == default ? null : EntityIds.Of(Exchange);
}

/// <summary>
/// Create the exchange, or check that it exists (<paramref name="Passive"/>) or is equal. Answered by
/// <see cref="ExchangeAnswered"/> once every node knows the name.
/// </summary>
public sealed record DeclareExchange(ExchangeKey Exchange, long RequestId, ExchangeDefinition Definition, bool Passive, Origin Origin)
    : ExchangeCommand(Exchange);

/// <summary>
/// Delete the exchange, its bindings and the bindings that lead to it. A missing one is no error. Answered by
/// <see cref="ExchangeAnswered"/> once no node routes through it any more.
/// </summary>
public sealed record DeleteExchange(ExchangeKey Exchange, long RequestId, bool IfUnused, Origin Origin) : ExchangeCommand(Exchange);

/// <summary>
/// Add a binding. The sender is taken for the client's connection, which an exclusive queue's owner is compared with.
/// Answered by <see cref="ExchangeAnswered"/> once the binding is in force on every node.
/// </summary>
public sealed record BindDestination(ExchangeKey Exchange, long RequestId, Binding Binding, Origin Origin) : ExchangeCommand(Exchange);

/// <summary>
/// Remove a binding; a missing binding or exchange is no error. Answered by <see cref="ExchangeAnswered"/> once no node
/// uses it any more.
/// </summary>
public sealed record UnbindDestination(ExchangeKey Exchange, long RequestId, Binding Binding, Origin Origin) : ExchangeCommand(Exchange);

/// <summary>
/// A queue or exchange is being deleted: remove all bindings that lead to it. Sent by the destination to every exchange
/// that once added itself as a binding source. Answered by <see cref="DestinationRemoved"/>, also by an exchange that
/// does not exist. A destination that waits for it must go on answering the requests to add a binding source (with not
/// found): the exchange may be waiting for that answer before it turns to this request.
/// </summary>
public sealed record RemoveDestination(ExchangeKey Exchange, string RequestId, Destination Destination, Origin Origin)
    : ExchangeCommand(Exchange);

/// <summary>
/// From one exchange to another, which it is about to bind: remember <paramref name="Source"/>, so that deleting the
/// exchange removes the binding. Answered by <see cref="Queues.BindingSourceAnswered"/>, at once whatever else the
/// exchange is doing.
/// </summary>
/// <param name="Exchange">The destination of the binding.</param>
/// <param name="RequestId">Of the source's choosing.</param>
/// <param name="Source">Name of the binding's source, in the same virtual host.</param>
/// <param name="Durable">The source is durable.</param>
public sealed record AddExchangeBindingSource(ExchangeKey Exchange, string RequestId, string Source, bool Durable)
    : ExchangeCommand(Exchange);

/// <summary>What is this exchange? Answered by <see cref="ExchangeDescribed"/>.</summary>
public sealed record DescribeExchange(ExchangeKey Exchange, long RequestId) : ExchangeCommand(Exchange);

/// <summary>The answer to <see cref="DescribeExchange"/>.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Exchange">As asked.</param>
/// <param name="Refusal">Not null when there is no such exchange, or it could not be asked.</param>
/// <param name="Definition">As declared; null with a refusal.</param>
/// <param name="Policy">What policies say of it.</param>
public sealed record ExchangeDescribed(
    long RequestId, ExchangeKey Exchange, Refusal? Refusal, ExchangeDefinition? Definition, EffectivePolicy Policy) : IRequestAnswer
{
    /// <summary>The exchange that takes what this one cannot route: as declared, else by policy; null for none.</summary>
    public string? AlternateExchange => Text(Definition?.Arguments) ?? Text(Policy.Definition);

    private static string? Text(ArgumentTable? table) =>
        table is not null && table.TryGetValue(ExchangeArguments.AlternateExchange, out var value) && value.TryGetString(out var name) ? name : null;
}

/// <summary>The answer to a client's request to an exchange: done when <paramref name="Refusal"/> is null.</summary>
public sealed record ExchangeAnswered(long RequestId, Refusal? Refusal) : IRequestAnswer;

/// <summary>
/// The answer to <see cref="RemoveDestination"/>: no node routes to the destination through this exchange any more when
/// <paramref name="Refusal"/> is null; otherwise the write failed and the request is to be sent again.
/// </summary>
public sealed record DestinationRemoved(string RequestId, Refusal? Refusal) : IBrokerMessage;

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Exchanges;

/// <summary>What comes of a request to an exchange.</summary>
/// <param name="Refusal">Why not; null when the request is granted.</param>
/// <param name="Event">What changes; null when it is as asked for already, or refused.</param>
/// <param name="IsDurable">The event has to be written.</param>
public readonly record struct ExchangeDecision(Refusal? Refusal, ExchangeEvent? Event, bool IsDurable)
{
    /// <summary>Granted, with nothing to do.</summary>
    public static ExchangeDecision Unchanged => default;

    internal static ExchangeDecision Refuse(RefusalReason reason, string text) => new(new Refusal(reason, text), null, false);
}

/// <summary>The rules of exchanges: what a request does in a state. Texts are RabbitMQ's.</summary>
public static class ExchangeDecider
{
    private const string ReservedPrefix = "amq.";

    private static readonly Refusal DefaultExchange = new(RefusalReason.AccessRefused, "operation not permitted on the default exchange");

    /// <summary>exchange.declare (AMQP 0-9-1 §1.6.2.1); passive asks for existence and nothing else.</summary>
    public static ExchangeDecision Declare(ExchangeState state, ExchangeDefinition definition, bool passive, Origin origin)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(definition);
        if (!passive && ExchangeTypes.Check(definition.Type) is { } wrongType)
            return new ExchangeDecision(wrongType, null, false);
        if (state.Key.IsDefault)
            return new ExchangeDecision(DefaultExchange, null, false);
        if (state.Exists)
            return passive ? ExchangeDecision.Unchanged : new ExchangeDecision(ExchangeEquivalence.Check(state.Key, state.Definition, definition), null, false);
        if (passive)
            return new ExchangeDecision(NotFound(state.Key), null, false);
        if (state.Key.Name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            return ExchangeDecision.Refuse(RefusalReason.AccessRefused, $"exchange name '{state.Key.Name}' contains reserved prefix 'amq.*'");
        if (definition.Arguments.TryGetValue(ExchangeArguments.AlternateExchange, out var alternate) && !alternate.TryGetString(out _))
        {
            return ExchangeDecision.Refuse(
                RefusalReason.PreconditionFailed,
                $"invalid type '{alternate.Kind.TypeName()}' for arg '{ExchangeArguments.AlternateExchange}' in {state.Key}");
        }

        if (ExchangeTypeRules.CheckArguments(state.Key, definition) is { } wrongArgument)
            return new ExchangeDecision(wrongArgument, null, false);
        return new ExchangeDecision(null, new ExchangeDeclared(state.Key, definition, origin), definition.Durable);
    }

    /// <summary>exchange.delete (§1.6.2.3). In use means that it has bindings.</summary>
    public static ExchangeDecision Delete(ExchangeState state, bool ifUnused, Origin origin)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Key.IsDefault)
            return new ExchangeDecision(DefaultExchange, null, false);
        if (state.Key.Name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            return ExchangeDecision.Refuse(RefusalReason.AccessRefused, $"deletion of system {state.Key} not allowed");
        if (!state.Exists)
            return ExchangeDecision.Unchanged;
        if (ifUnused && state.BindingCount > 0)
            return ExchangeDecision.Refuse(RefusalReason.PreconditionFailed, $"{state.Key} in use");
        return new ExchangeDecision(null, new ExchangeDeleted(state.Key, origin), state.Definition.Durable);
    }

    /// <summary>What can be said against a binding before its destination is asked; null when nothing can.</summary>
    public static Refusal? CheckBind(ExchangeState state, Binding binding)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(binding);
        if (IsDefault(state, binding))
            return DefaultExchange;
        if (!state.Exists)
            return NotFound(state.Key);
        return ExchangeTypeRules.CheckBinding(state.Definition, binding);
    }

    /// <summary>queue.bind (§1.7.2.3) or RabbitMQ's exchange.bind, after the destination has agreed.</summary>
    public static ExchangeDecision Bind(ExchangeState state, Binding binding, bool destinationIsDurable, Origin origin)
    {
        if (CheckBind(state, binding) is { } refusal)
            return new ExchangeDecision(refusal, null, false);
        if (state.TryGetBinding(binding, out _))
            return ExchangeDecision.Unchanged;
        var durable = destinationIsDurable && state.Definition!.Durable;
        return new ExchangeDecision(null, new BindingAdded(state.Key, binding, durable, origin), durable);
    }

    /// <summary>queue.unbind (§1.7.2.5) or RabbitMQ's exchange.unbind. What is not there needs no removal.</summary>
    public static ExchangeDecision Unbind(ExchangeState state, Binding binding, Origin origin)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(binding);
        if (IsDefault(state, binding))
            return new ExchangeDecision(DefaultExchange, null, false);
        return state.TryGetBinding(binding, out var durable)
            ? new ExchangeDecision(null, new BindingRemoved(state.Key, binding, origin), durable)
            : ExchangeDecision.Unchanged;
    }

    /// <summary>A destination was deleted: all bindings to it go.</summary>
    public static ExchangeDecision RemoveDestination(ExchangeState state, Destination destination, Origin origin)
    {
        ArgumentNullException.ThrowIfNull(state);
        var bindings = state.BindingsTo(destination);
        if (bindings.Count == 0)
            return ExchangeDecision.Unchanged;
        var durable = bindings.Any(binding => state.TryGetBinding(binding, out var bindingIsDurable) && bindingIsDurable);
        return new ExchangeDecision(null, new DestinationUnbound(state.Key, destination, origin), durable);
    }

    /// <summary>Another exchange is about to bind this one.</summary>
    public static ExchangeDecision AddSource(ExchangeState state, string source, bool sourceIsDurable)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.Exists)
            return new ExchangeDecision(NotFound(state.Key), null, false);
        var durable = sourceIsDurable && state.Definition.Durable;
        return state.TryGetSource(source, out var knownAsDurable) && (knownAsDurable || !durable)
            ? ExchangeDecision.Unchanged
            : new ExchangeDecision(null, new BindingSourceAdded(state.Key, source, durable), durable);
    }

    /// <summary>An auto-delete exchange has just lost its last binding.</summary>
    public static bool IsAbandonedBy(ExchangeState state, ExchangeEvent removal)
    {
        ArgumentNullException.ThrowIfNull(state);
        return removal is BindingRemoved or DestinationUnbound && state is { Definition.AutoDelete: true, BindingCount: 0 };
    }

    private static Refusal NotFound(ExchangeKey key) => new(RefusalReason.NotFound, $"no {key}");

    private static bool IsDefault(ExchangeState state, Binding binding) =>
        state.Key.IsDefault || binding.Destination is { Kind: DestinationKind.Exchange, Name.Length: 0 };
}

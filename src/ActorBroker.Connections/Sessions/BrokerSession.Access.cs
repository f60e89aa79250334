using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// What the user may do, checked where RabbitMQ checks it. A decision about a publish is kept with its target until
/// permissions change; everything else is decided each time.
/// </content>
public sealed partial class BrokerSession
{
    private Identity? _identity;

    private IAuthorization Authorization => _identity!.Authorization;

    /// <inheritdoc/>
    public string User => _identity?.User ?? string.Empty;

    /// <inheritdoc/>
    public bool IsImpersonator => _identity is { IsImpersonator: true };

    /// <summary>Why this connection has to end, now that users or virtual hosts have been deleted; null when it need not.</summary>
    public string? EndsBy(AccessWithdrawn withdrawn)
    {
        ArgumentNullException.ThrowIfNull(withdrawn);
        return withdrawn.TextFor(User, _virtualHost);
    }

    private ResourceAccess ToQueue(AccessRight right, string name) => new(right, DestinationKind.Queue, _virtualHost, name);

    private ResourceAccess ToExchange(AccessRight right, string name) =>
        new(right, DestinationKind.Exchange, _virtualHost, name.Length == 0 ? ResourceAccess.DefaultExchange : name);

    // What a new queue or exchange with such an argument needs besides: its messages will be read, and written elsewhere.
    private ResourceAccess[] ToDeclare(ResourceAccess configure, bool isKnown, ArgumentTable arguments, string target) =>
        !isKnown && arguments.TryGetValue(target, out var value) && value.TryGetString(out var exchange)
            ? [configure, configure with { Right = AccessRight.Read }, ToExchange(AccessRight.Write, exchange)]
            : [configure];

    private bool IsKnown(DestinationKind kind, string name) => _services.RoutingTables.Knows(_virtualHost, new Destination(kind, name));

    private void PermitDeclaration(
        ResourceAccess configure, bool passive, ArgumentTable arguments, string target, Action<Refusal> refuse, Action go)
    {
        if (passive)
        {
            PermitAny(configure, refuse, go);
        }
        else
        {
            Permit(ToDeclare(configure, IsKnown(configure.Kind, configure.Name), arguments, target), refuse, go);
        }
    }

    private void PermitBinding(string source, Binding binding, Action<Refusal> refuse, Action go)
    {
        var (kind, name) = binding.Destination;
        var write = kind == DestinationKind.Queue ? ToQueue(AccessRight.Write, name) : ToExchange(AccessRight.Write, name);
        Permit([write, ToExchange(AccessRight.Read, source)], refuse, () => PermitBindingKey(source, binding.RoutingKey, refuse, go));
    }

    // Either of the two runs: at once, or when it has been decided; a refusal never from inside the call.
    private void Permit(ResourceAccess[] accesses, Action<Refusal> refuse, Action go)
    {
        foreach (var access in accesses)
        {
            switch (Authorization.Decide(access, () => Later(() => Permit(accesses, refuse, go))))
            {
                case AccessDecision.Refused:
                    Later(() => refuse(RefusalOf(access)));
                    return;
                case AccessDecision.Pending:
                    return;
            }
        }

        go();
    }

    private void Permit(ResourceAccess access, Action<Refusal> refuse, Action go) => Permit([access], refuse, go);

    // As RabbitMQ since 4.3 for whoever only asks whether it is there; the refusal is that of a declaration.
    private void PermitAny(ResourceAccess access, Action<Refusal> refuse, Action go)
    {
        foreach (var right in (ReadOnlySpan<AccessRight>)[AccessRight.Read, AccessRight.Write, AccessRight.Configure])
        {
            switch (Authorization.Decide(access with { Right = right }, () => Later(() => PermitAny(access, refuse, go))))
            {
                case AccessDecision.Allowed:
                    go();
                    return;
                case AccessDecision.Pending:
                    return;
            }
        }

        Later(() => refuse(RefusalOf(access with { Right = AccessRight.Configure })));
    }

    // Only topic exchanges have topic permissions: one that is not loaded yet is, when it matters.
    private void PermitBindingKey(string exchange, string routingKey, Action<Refusal> refuse, Action go, bool isLoaded = false)
    {
        var access = new TopicAccess(AccessRight.Read, _virtualHost, exchange, routingKey);
        switch (Authorization.Decide(access, () => Later(() => PermitBindingKey(exchange, routingKey, refuse, go))))
        {
            case AccessDecision.Pending:
                return;
            case AccessDecision.Refused when _services.RoutingTables.TypeOf(Exchange(exchange)) is { } type:
                if (type == ExchangeTypes.Topic)
                {
                    Later(() => refuse(RefusalOf(access)));
                    return;
                }

                break;
            case AccessDecision.Refused when !isLoaded:
                _awaitingRoutes.Add((Exchange(exchange), () => PermitBindingKey(exchange, routingKey, refuse, go, isLoaded: true), null));
                _services.RoutingTableActor.Tell(new LoadExchange(Exchange(exchange)), _self);
                return;
        }

        go();
    }

    // Ready when the exchange may be written to; its keys are another question.
    private TargetStatus PermitExchange(SessionTarget target, Action decided)
    {
        var access = ToExchange(AccessRight.Write, target.Exchange.Name);
        var decision = Authorization.Decide(access, () => Later(decided));
        return StatusBy(decision, target, decision == AccessDecision.Refused ? RefusalOf(access) : null);
    }

    private TargetStatus PermitKey(SessionTarget target, string routingKey, Action decided)
    {
        if (_services.RoutingTables.TypeOf(target.Exchange) != ExchangeTypes.Topic)
        {
            return TargetStatus.Ready;
        }

        var access = new TopicAccess(AccessRight.Write, _virtualHost, target.Exchange.Name, routingKey);
        var decision = Authorization.Decide(access, () => Later(decided));
        return StatusBy(decision, target, decision == AccessDecision.Refused ? RefusalOf(access) : null);
    }

    private static TargetStatus StatusBy(AccessDecision decision, SessionTarget target, Refusal? refusal)
    {
        if (refusal is not null)
        {
            target.Refuse(refusal);
            return TargetStatus.Refused;
        }

        return decision == AccessDecision.Allowed ? TargetStatus.Ready : TargetStatus.Loading;
    }

    private void Later(Action action) => _self.Tell(new RunLater(action), _self);

    private Refusal RefusalOf(ResourceAccess access) => new(
        RefusalReason.AccessRefused, $"{Word(access.Right)} access to {ResourceOf(access)} refused for user '{User}'");

    private Refusal RefusalOf(TopicAccess access) => new(
        RefusalReason.AccessRefused,
        $"{Word(access.Right)} access to topic '{access.RoutingKey}' in {Exchange(access.Exchange)} refused for user '{User}'");

    private object ResourceOf(ResourceAccess access) =>
        access.Kind == DestinationKind.Queue ? QueueKeyOf(access.Name) : Exchange(access.Name);

    private static string Word(AccessRight right) => right switch
    {
        AccessRight.Configure => "configure",
        AccessRight.Write => "write",
        _ => "read",
    };
}

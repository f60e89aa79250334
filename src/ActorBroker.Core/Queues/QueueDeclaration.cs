using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Queues;

/// <summary>The rules of declaring, and of who may use a queue. Texts are RabbitMQ's.</summary>
public static class QueueDeclaration
{
    /// <summary>Where dead letters go.</summary>
    public const string DeadLetterExchange = "x-dead-letter-exchange";
    private const string SegmentSize = "x-stream-max-segment-size-bytes";
    private const string FilterSize = "x-stream-filter-size-bytes";
    private const string ServerNamedPrefix = "amq.gen-";
    private const long SegmentSizeMax = 3_000_000_000;

    /// <summary>
    /// The definition with the type that it gets where it names none: the virtual host's default if a queue of that type
    /// can have these properties, else classic. No type in the result means classic, too.
    /// </summary>
    public static QueueDefinition WithType(QueueDefinition definition, QueueType defaultType)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var addsType = defaultType != QueueType.Classic && !definition.Arguments.ContainsKey(QueueArguments.QueueType)
            && definition is { Durable: true, Exclusive: false, AutoDelete: false };
        if (!addsType)
        {
            return definition;
        }

        var arguments = new ArgumentTable.Builder();
        foreach (var (name, value) in definition.Arguments)
        {
            arguments.Add(name, value);
        }

        return definition with { Arguments = arguments.Add(QueueArguments.QueueType, ArgumentValue.FromString(defaultType.Word())).Build() };
    }

    /// <summary>The definition without what only instructs the broker; what is kept of it.</summary>
    public static QueueDefinition Kept(QueueDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (!definition.Arguments.ContainsKey(QueueArguments.AllowRedefine))
        {
            return definition;
        }

        var arguments = new ArgumentTable.Builder();
        foreach (var (name, value) in definition.Arguments)
        {
            if (name != QueueArguments.AllowRedefine)
            {
                arguments.Add(name, value);
            }
        }

        return definition with { Arguments = arguments.Build() };
    }

    /// <summary>Whether a queue may be created as this.</summary>
    public static Refusal? Check(QueueKey key, QueueDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var type = QueueArguments.TypeOf(definition.Arguments) ?? QueueType.Classic;
        if (type != QueueType.Classic && key.Name.StartsWith(ServerNamedPrefix, StringComparison.Ordinal))
        {
            return Refuse($"Cannot declare a server-named queue for type {QueueArguments.ModuleOf(type)}");
        }

        if (definition.Arguments.TryGetValue(DeadLetterExchange, out var exchange) && exchange.Kind != ArgumentKind.LongString)
        {
            return Refuse($"invalid type '{exchange.Kind.TypeName()}' for arg '{DeadLetterExchange}' in {key}");
        }

        return CheckRetention(key, type, definition)
            ?? QueueArguments.Check(key, definition.Arguments)
            ?? (type == QueueType.Classic ? null : CheckProperties(key, definition))
            ?? (type == QueueType.Stream ? CheckStream(definition.Arguments) : null);
    }

    /// <summary>Whether an existing queue is what a client declares now, where both have their type.</summary>
    public static Refusal? CheckEquivalence(QueueKey key, QueueDefinition existing, QueueDefinition declared) =>
        CheckIdentity(key, existing, declared) ?? CheckArguments(key, existing, declared);

    /// <summary>
    /// What becomes of an existing queue that is declared with <c>x-allow-redefine</c>: refused where queues cannot
    /// change (type, durable, exclusive), else its new definition; null when it is that already.
    /// </summary>
    public static (Refusal? Refusal, QueueDefinition? Definition) Redefine(QueueKey key, QueueDefinition existing, QueueDefinition declared)
    {
        ArgumentNullException.ThrowIfNull(existing);
        ArgumentNullException.ThrowIfNull(declared);
        var refusal = CheckIdentity(key, existing, declared with { AutoDelete = existing.AutoDelete })
            ?? CheckArgument(key, QueueArguments.QueueType, existing, declared);
        if (refusal is not null || CheckEquivalence(key, existing, declared) is null)
        {
            return (refusal, null);
        }

        refusal = Check(key, declared);
        return (refusal, refusal is null ? Kept(declared) : null);
    }

    /// <summary>Whether a declaration asks for <see cref="Redefine"/>.</summary>
    public static bool AllowsRedefinition(QueueDefinition declared)
    {
        ArgumentNullException.ThrowIfNull(declared);
        return declared.Arguments.TryGetValue(QueueArguments.AllowRedefine, out var value) && value.TryGetBoolean(out var allow) && allow;
    }

    /// <summary>The queue belongs to another connection.</summary>
    public static Refusal Locked(QueueKey key) => new(
        RefusalReason.ResourceLocked,
        $"cannot obtain exclusive access to locked {key}. It could be originally declared on another connection or "
        + "the exclusive property value does not match that of the original declaration.");

    /// <summary>No such queue.</summary>
    public static Refusal NotFound(QueueKey key) => new(RefusalReason.NotFound, $"no {key}");

    private static Refusal? CheckIdentity(QueueKey key, QueueDefinition existing, QueueDefinition declared) =>
        existing.Exclusive != declared.Exclusive
            ? Locked(key)
            : Refuse(ArgumentEquivalence.CompareProperty(key.ToString(), "durable", existing.Durable, declared.Durable)
                ?? ArgumentEquivalence.CompareProperty(key.ToString(), "auto_delete", existing.AutoDelete, declared.AutoDelete));

    private static Refusal? CheckArguments(QueueKey key, QueueDefinition existing, QueueDefinition declared)
    {
        foreach (var name in QueueArguments.NamesOf(QueueArguments.TypeOf(existing.Arguments) ?? QueueType.Classic))
        {
            if (name != QueueArguments.AllowRedefine && CheckArgument(key, name, existing, declared) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static Refusal? CheckArgument(QueueKey key, string name, QueueDefinition existing, QueueDefinition declared) =>
        name == QueueArguments.QueueType && IsClassic(existing.Arguments) && IsClassic(declared.Arguments)
            ? null
            : Refuse(ArgumentEquivalence.Compare(key.ToString(), name, existing.Arguments, declared.Arguments));

    private static bool IsClassic(ArgumentTable arguments) =>
        !arguments.TryGetValue(QueueArguments.QueueType, out var type) || type.ToString() == QueueType.Classic.Word();

    private static Refusal? CheckProperties(QueueKey key, QueueDefinition definition)
    {
        var property = definition.AutoDelete ? "auto-delete" : definition.Exclusive ? "exclusive-owner" : definition.Durable ? null : "non-durable";
        return property is null ? null : Refuse($"invalid property '{property}' for {key}");
    }

    private static Refusal? CheckRetention(QueueKey key, QueueType type, QueueDefinition definition)
    {
        var reason = !definition.Arguments.ContainsKey(QueueArguments.Retention) ? null
            : type == QueueType.Stream ? "a stream keeps its messages by 'x-max-age' and 'x-max-length-bytes'"
            : definition is { Durable: true, Exclusive: false } ? null
            : "only a durable queue that is not exclusive keeps consumed messages";
        return reason is null ? null : QueueArguments.Invalid(QueueArguments.Retention, key, reason);
    }

    private static Refusal? CheckStream(ArgumentTable arguments)
    {
        if (arguments.TryGetValue(SegmentSize, out var segment) && segment.AsInt64() > SegmentSizeMax)
        {
            return Refuse($"Exceeded max value for {SegmentSize}");
        }

        return arguments.TryGetValue(FilterSize, out var filter) && filter.AsInt64() is < 16 or > 255
            ? Refuse($"Invalid value for {FilterSize}")
            : null;
    }

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private static Refusal? Refuse(string? text) => text is null ? null : new Refusal(RefusalReason.PreconditionFailed, text);
}

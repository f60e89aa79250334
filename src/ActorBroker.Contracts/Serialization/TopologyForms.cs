using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The Protobuf forms of what several protocols and journals share. Reading throws <see cref="InvalidDataException"/>
/// where a part is missing that was always written.
/// </summary>
internal static class TopologyForms
{
    public static Proto.EntityName ToForm(this QueueKey key) => new() { VirtualHost = key.VirtualHost, Name = key.Name };

    public static QueueKey ToQueueKey(this Proto.EntityName? form) =>
        Present(form, "a queue's name") is { } name ? new QueueKey(name.VirtualHost, name.Name) : default;

    public static Proto.Origin ToForm(this Origin origin) =>
        new() { User = origin.User, Address = origin.Address, AtTicks = origin.At.UtcTicks };

    public static Origin ToOrigin(this Proto.Origin? form)
    {
        var origin = Present(form, "an origin");
        return origin.AtTicks >= 0 && origin.AtTicks <= DateTime.MaxValue.Ticks
            ? new Origin(origin.User, origin.Address, new DateTimeOffset(origin.AtTicks, TimeSpan.Zero))
            : throw new InvalidDataException($"An origin's time of {origin.AtTicks} ticks is none.");
    }

    /// <summary>Null stays absent.</summary>
    public static Proto.Refusal? ToForm(this Refusal? refusal) =>
        refusal is null ? null : new Proto.Refusal { Reason = (uint)refusal.Reason, Text = refusal.Text };

    public static Refusal? ToRefusal(this Proto.Refusal? form)
    {
        if (form is null)
        {
            return null;
        }

        return form.Reason <= byte.MaxValue
            ? new Refusal((RefusalReason)form.Reason, form.Text)
            : throw new InvalidDataException($"{form.Reason} is no reason of a refusal.");
    }

    public static Proto.QueueDefinition ToForm(this QueueDefinition definition) => new()
    {
        Durable = definition.Durable,
        Exclusive = definition.Exclusive,
        AutoDelete = definition.AutoDelete,
        Arguments = definition.Arguments.ToForm(),
    };

    public static QueueDefinition ToQueueDefinition(this Proto.QueueDefinition? form)
    {
        var definition = Present(form, "a queue's definition");
        return new QueueDefinition(definition.Durable, definition.Exclusive, definition.AutoDelete, definition.Arguments.ToArguments());
    }

    /// <summary>The empty table, the usual one, takes no bytes.</summary>
    public static ByteString ToForm(this ArgumentTable arguments) =>
        arguments.Count == 0 ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(ArgumentTableCodec.Encode(arguments));

    public static ArgumentTable ToArguments(this ByteString form) =>
        form.IsEmpty ? ArgumentTable.Empty : ArgumentTableCodec.Read(form.Span);

    public static Proto.PositionRange ToForm(this PositionRange range) => new() { First = range.First, Count = range.Count };

    public static PositionRange[] ToRanges(this RepeatedField<Proto.PositionRange> forms) =>
        [.. forms.Select(form => new PositionRange(form.First, form.Count))];

    /// <summary>The part, which must be there.</summary>
    public static T Present<T>(T? part, string what)
        where T : class =>
        part ?? throw new InvalidDataException($"{what} is missing.");
}

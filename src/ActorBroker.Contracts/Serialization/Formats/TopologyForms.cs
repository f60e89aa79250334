using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Google.Protobuf;
using Google.Protobuf.Collections;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>
/// The Protobuf forms of what several protocols and journals share. Reading throws <see cref="InvalidDataException"/>
/// where a part is missing that was always written.
/// </summary>
internal static class TopologyForms
{
    public static Proto.EntityName ToForm(this QueueKey key) => new() { VirtualHost = key.VirtualHost, Name = key.Name };

    public static QueueKey ToQueueKey(this Proto.EntityName? form)
    {
        var name = Present(form, "a queue's name");
        return new QueueKey(name.VirtualHost, name.Name);
    }

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

    public static Proto.EntityName ToForm(this ExchangeKey key) => new() { VirtualHost = key.VirtualHost, Name = key.Name };

    public static ExchangeKey ToExchangeKey(this Proto.EntityName? form)
    {
        var name = Present(form, "an exchange's name");
        return new ExchangeKey(name.VirtualHost, name.Name);
    }

    public static Proto.ExchangeDefinition ToForm(this ExchangeDefinition definition) => new()
    {
        Type = definition.Type,
        Durable = definition.Durable,
        AutoDelete = definition.AutoDelete,
        Internal = definition.Internal,
        Arguments = definition.Arguments.ToForm(),
    };

    public static ExchangeDefinition ToExchangeDefinition(this Proto.ExchangeDefinition? form)
    {
        var definition = Present(form, "an exchange's definition");
        return new ExchangeDefinition(
            definition.Type, definition.Durable, definition.AutoDelete, definition.Internal, definition.Arguments.ToArguments());
    }

    public static Proto.Destination ToForm(this Destination destination) =>
        new() { Kind = (uint)destination.Kind, Name = destination.Name };

    public static Destination ToDestination(this Proto.Destination? form)
    {
        var destination = Present(form, "a destination");
        return new Destination(ToDestinationKind(destination.Kind), destination.Name);
    }

    public static DestinationKind ToDestinationKind(uint number) =>
        number <= (uint)DestinationKind.Exchange
            ? (DestinationKind)number
            : throw new InvalidDataException($"{number} is no kind of a destination.");

    public static Proto.Binding ToForm(this Binding binding) => new()
    {
        Destination = binding.Destination.ToForm(),
        RoutingKey = binding.RoutingKey,
        Arguments = binding.Arguments.ToForm(),
    };

    public static Binding ToBinding(this Proto.Binding? form)
    {
        var binding = Present(form, "a binding");
        return new Binding(binding.Destination.ToDestination(), binding.RoutingKey, binding.Arguments.ToArguments());
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
    private static T Present<T>(T? part, string what)
        where T : class =>
        part ?? throw new InvalidDataException($"{what} is missing.");
}

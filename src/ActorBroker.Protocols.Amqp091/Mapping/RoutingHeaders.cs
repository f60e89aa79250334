using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>
/// RabbitMQ's headers <c>CC</c> and <c>BCC</c>: arrays of further keys that a message is routed by. What is no text in
/// them is passed over. No receiver sees BCC.
/// </summary>
internal static class RoutingHeaders
{
    private const string BlindCopy = "BCC";

    private static readonly PropertiesChange WithoutBlindCopy = new(ArgumentTable.Empty, [BlindCopy], DropExpiration: false);

    /// <summary>The keys of both headers; empty when there are none.</summary>
    /// <exception cref="Amqp091ErrorException">406: one of the headers is no array.</exception>
    public static string[] KeysOf(ReadOnlySpan<byte> headers)
    {
        var hasCopy = FieldTableReader.TryFind(headers, "CC"u8, out var copy);
        var hasBlindCopy = FieldTableReader.TryFind(headers, "BCC"u8, out var blindCopy);
        if (!hasCopy && !hasBlindCopy)
            return [];
        var keys = new List<string>();
        if (hasCopy)
            AddKeys("CC", copy, keys);
        if (hasBlindCopy)
            AddKeys(BlindCopy, blindCopy, keys);
        return [.. keys];
    }

    /// <summary>The properties as receivers may see them, or null when that is how they are.</summary>
    public static byte[]? Conceal(ReadOnlySpan<byte> properties, ReadOnlySpan<byte> headers) =>
        FieldTableReader.TryFind(headers, "BCC"u8, out _) ? new Amqp091MessageFormat().Rewrite(properties, WithoutBlindCopy) : null;

    private static void AddKeys(string header, FieldValue value, List<string> keys)
    {
        if (value.Kind != ArgumentKind.Array)
        {
            throw new Amqp091ErrorException(
                ReplyCode.PreconditionFailed, $"invalid message: {{unacceptable_type_in_header,\"{header}\",{value.Kind.TypeName()}}}");
        }

        var items = FieldTableReader.EnumerateArray(value.Payload);
        while (items.MoveNext())
        {
            if (items.CurrentValue.Kind == ArgumentKind.LongString)
                keys.Add(Encoding.UTF8.GetString(items.CurrentValue.Payload));
        }
    }
}

using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using Akka.Actor;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>A value's whole content as text, so that two values are compared by content, and a difference can be read.</summary>
internal static class ContentText
{
    public static string Of(object? value) => Append(new StringBuilder(), value).ToString();

    private static StringBuilder Append(StringBuilder text, object? value) => value switch
    {
        null => text.Append("null"),
        string s => text.Append('"').Append(s).Append('"'),
        DateTimeOffset at => text.Append(at.ToString("O", CultureInfo.InvariantCulture)),
        IActorRef actor => text.Append(actor.Path.ToSerializationFormat()),
        ArgumentTable table => text.Append(Convert.ToHexString(ArgumentTableCodec.Encode(table))),
        MessageBatch batch => AppendRun(text, batch, 0, batch.Count),
        DeliverySegment segment => AppendRun(
            text.Append(CultureInfo.InvariantCulture, $"{segment.FirstPosition} {segment.Redelivered} {segment.DeliveryCount} {segment.AcquiredCount} {segment.IsOfStream} {segment.WrittenAt} "),
            segment.Batch,
            segment.StartIndex,
            segment.Count),
        ReadOnlyMemory<byte> bytes => text.Append(Convert.ToHexString(bytes.Span)),
        IEnumerable items => AppendItems(text, items),
        IFormattable or bool => text.Append(CultureInfo.InvariantCulture, $"{value}"),
        _ => AppendMembers(text, value),
    };

    private static StringBuilder AppendRun(StringBuilder text, MessageBatch batch, int start, int count)
    {
        for (var index = start; index < start + count; index++)
        {
            var view = batch[index];
            var route = batch.RouteOf(index);
            text.Append(CultureInfo.InvariantCulture, $"<{route.Exchange}|{route.RoutingKey} {view.Format} {view.Flags} {view.Priority} ")
                .Append(Convert.ToHexString(view.Properties)).Append(' ')
                .Append(Convert.ToHexString(view.Body)).Append('>');
        }

        return text;
    }

    private static StringBuilder AppendItems(StringBuilder text, IEnumerable items)
    {
        text.Append('[');
        foreach (var item in items)
        {
            Append(text, item).Append(", ");
        }

        return text.Append(']');
    }

    private static StringBuilder AppendMembers(StringBuilder text, object value)
    {
        text.Append(value.GetType().Name).Append(" { ");
        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Append(text.Append(property.Name).Append(" = "), property.GetValue(value)).Append(", ");
        }

        return text.Append('}');
    }
}

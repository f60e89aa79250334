using System.Text;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Tests.Messages;

/// <summary>What a test message is made of.</summary>
internal sealed record TestMessage(byte[] Body, bool Persistent = true, byte? Priority = null, byte[]? Properties = null, int Route = 0, bool Expires = false)
{
    public byte[] PropertyBytes => Properties ?? [];

    public int RecordLength => MessageRecord.SizeOf(PropertyBytes.Length, Body.Length);
}

/// <summary>Lays messages out as a connection does.</summary>
internal static class TestBatches
{
    public static readonly MessageRoute Route = MessageRoute.Create("", "q");

    public static MessageBatch Of(params TestMessage[] messages) => Of([Route], messages);

    public static MessageBatch Of(MessageRoute[] routes, TestMessage[] messages)
    {
        var slab = new byte[messages.Sum(static message => message.RecordLength)];
        var offsets = new int[messages.Length];
        var offset = 0;
        for (var i = 0; i < messages.Length; i++)
        {
            var message = messages[i];
            offsets[i] = offset;
            MessageRecord.WriteHeader(
                slab.AsSpan(offset),
                MessageFormat.Amqp091,
                message.PropertyBytes.Length,
                message.Body.Length,
                message.Route,
                (message.Persistent ? MessageFlags.Persistent : MessageFlags.None)
                    | (message.Priority is null ? MessageFlags.None : MessageFlags.HasPriority)
                    | (message.Expires ? MessageFlags.Expires : MessageFlags.None)
                    | (message.Properties is null ? MessageFlags.None : MessageFlags.HasHeaders),
                message.Priority ?? 0);
            message.PropertyBytes.CopyTo(slab, offset + MessageRecord.HeaderSize);
            message.Body.CopyTo(slab, offset + MessageRecord.HeaderSize + message.PropertyBytes.Length);
            offset += message.RecordLength;
        }

        return new MessageBatch(slab, offsets, routes);
    }

    /// <summary>Messages whose bodies are the texts.</summary>
    public static MessageBatch Persistent(params string[] bodies) =>
        Of([.. bodies.Select(static body => new TestMessage(Encoding.UTF8.GetBytes(body)))]);

    /// <summary>Messages whose bodies are the texts.</summary>
    public static MessageBatch Transient(params string[] bodies) =>
        Of([.. bodies.Select(static body => new TestMessage(Encoding.UTF8.GetBytes(body), Persistent: false))]);

    /// <summary>The same messages in arrays of their own, as read from a disk.</summary>
    public static MessageBatch Copy(MessageBatch batch)
    {
        var slab = new byte[batch.SizeBytes];
        var offsets = new int[batch.Count];
        var offset = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = offset;
            batch.RecordOf(i).CopyTo(slab.AsSpan(offset));
            offset += batch[i].RecordLength;
        }

        return new MessageBatch(slab, offsets, batch.Routes.ToArray());
    }

    public static string BodyText(in DeliverySegment segment, int index) =>
        Encoding.UTF8.GetString(segment.Batch[segment.StartIndex + index].Body);
}

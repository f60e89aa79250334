using System.Globalization;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>The property list of a content header (AMQP 0-9-1 §4.2.6.1), as queues and exchanges look at it.</summary>
public sealed class Amqp091MessageFormat : IMessageFormat
{
    private static readonly (BasicProperty Property, string Name)[] TextNames =
    [
        (BasicProperty.ContentType, "content_type"),
        (BasicProperty.ContentEncoding, "content_encoding"),
        (BasicProperty.CorrelationId, "correlation_id"),
        (BasicProperty.ReplyTo, "reply_to"),
        (BasicProperty.Expiration, "expiration"),
        (BasicProperty.MessageId, "message_id"),
        (BasicProperty.Type, "type"),
        (BasicProperty.UserId, "user_id"),
        (BasicProperty.AppId, "app_id"),
        (BasicProperty.ClusterId, "cluster_id"),
    ];

    /// <inheritdoc/>
    public MessageFormat Format => MessageFormat.Amqp091;

    /// <inheritdoc/>
    public long? ReadExpiration(ReadOnlySpan<byte> properties) =>
        new BasicPropertiesView(properties).TryFind(BasicProperty.Expiration, out var text) ? Expiration.Read(text) : null;

    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> properties, string name, out ArgumentValue value)
    {
        value = default;
        Span<byte> key = stackalloc byte[byte.MaxValue];
        if (!new BasicPropertiesView(properties).TryGetHeaders(out var entries)
            || !Encoding.UTF8.TryGetBytes(name, key, out var length)
            || !FieldTableReader.TryFind(entries, key[..length], out var found))
        {
            return false;
        }

        value = found.ToArgumentValue();
        return true;
    }

    /// <inheritdoc/>
    public ArgumentTable ReadHeaders(ReadOnlySpan<byte> properties) => PublishedProperties.HeadersOf(properties);

    /// <inheritdoc/>
    public string? ReadProperty(ReadOnlySpan<byte> properties, string name)
    {
        var view = new BasicPropertiesView(properties);
        return name switch
        {
            "message_id" => TextOf(view, BasicProperty.MessageId),
            "correlation_id" => TextOf(view, BasicProperty.CorrelationId),
            "type" => TextOf(view, BasicProperty.Type),
            "app_id" => TextOf(view, BasicProperty.AppId),
            "timestamp" => view.TryGetTimestamp(out var seconds) ? seconds.ToString(CultureInfo.InvariantCulture) : null,
            _ => null,
        };
    }

    /// <inheritdoc/>
    public ArgumentTable ReadProperties(ReadOnlySpan<byte> properties)
    {
        var view = new BasicPropertiesView(properties);
        var table = new ArgumentTable.Builder();
        foreach (var (property, name) in TextNames)
        {
            if (view.TryFind(property, out var text))
            {
                table.Add(name, ArgumentValue.FromString(text));
            }
        }

        if (view.TryGetDeliveryMode(out var mode))
        {
            table.Add("delivery_mode", ArgumentValue.FromByte(mode));
        }

        if (view.TryGetPriority(out var priority))
        {
            table.Add("priority", ArgumentValue.FromByte(priority));
        }

        if (view.TryGetTimestamp(out var seconds))
        {
            table.Add("timestamp", ArgumentValue.FromTimestamp(seconds));
        }

        return table.Build();
    }

    /// <inheritdoc/>
    public byte[] Write(ArgumentTable headers, DateTimeOffset timestamp) =>
        new BasicProperties { Headers = headers, DeliveryMode = 2, Timestamp = (ulong)timestamp.ToUnixTimeSeconds() }.ToArray();

    /// <inheritdoc/>
    public byte[] Rewrite(ReadOnlySpan<byte> properties, PropertiesChange change) => PropertiesRewriting.Rewrite(properties, change);

    private static string? TextOf(BasicPropertiesView view, BasicProperty property) =>
        view.TryFind(property, out var value) ? Encoding.UTF8.GetString(value) : null;
}

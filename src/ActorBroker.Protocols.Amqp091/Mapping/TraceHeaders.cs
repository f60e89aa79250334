using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Mapping;

/// <summary>
/// The properties of traced copies: nothing but headers, which say what the message was and where it passed, with the
/// names and types that RabbitMQ gives them.
/// </summary>
internal readonly struct TraceHeaders(SessionTracer tracer, string virtualHost, string user, ushort channel)
{
    /// <summary>The routing key of a copy, cut to what a routing key can hold.</summary>
    /// <param name="prefix">What happened, with a dot.</param>
    /// <param name="name">Of the exchange or queue.</param>
    public static string RoutingKey(string prefix, string name)
    {
        var rest = name.AsSpan();
        while (Encoding.UTF8.GetByteCount(prefix) + Encoding.UTF8.GetByteCount(rest) > byte.MaxValue)
            rest = rest[..^1];
        return string.Concat(prefix, rest);
    }

    /// <summary>The message is a copy itself.</summary>
    public static bool IsOfTrace(MessageRoute route) => route.ExchangeUtf8.SequenceEqual("amq.rabbitmq.trace"u8);

    /// <summary>For a message that a client has published.</summary>
    public byte[] OfPublish(MessageRoute route, string[] moreKeys, ReadOnlySpan<byte> properties, IReadOnlyList<string> queues)
    {
        var headers = Begin(route, moreKeys, properties);
        AddPlace(headers);
        headers.Add("routed_queues", Texts(queues));
        return new BasicProperties { Headers = headers.Build() }.ToArray();
    }

    /// <summary>For a message that a client was sent.</summary>
    public byte[] OfDelivery(MessageRoute route, ReadOnlySpan<byte> properties, bool redelivered)
    {
        var keys = new BasicPropertiesView(properties).TryGetHeaders(out var entries) ? RoutingHeaders.KeysOf(entries) : [];
        var headers = Begin(route, keys, properties);
        headers.Add("redelivered", ArgumentValue.FromInt32(redelivered ? 1 : 0));
        AddPlace(headers);
        return new BasicProperties { Headers = headers.Build() }.ToArray();
    }

    private ArgumentTable.Builder Begin(MessageRoute route, string[] moreKeys, ReadOnlySpan<byte> properties) => new ArgumentTable.Builder()
        .Add("exchange_name", ArgumentValue.FromString(route.ExchangeUtf8))
        .Add("routing_keys", Texts([route.RoutingKey, .. moreKeys]))
        .Add("properties", ArgumentValue.FromTable(Table(BasicProperties.Read(properties))))
        .Add("node", ArgumentValue.FromString(tracer.Node));

    private void AddPlace(ArgumentTable.Builder headers) => headers
        .Add("vhost", ArgumentValue.FromString(virtualHost))
        .Add("connection", ArgumentValue.FromString(tracer.Connection))
        .Add("channel", ArgumentValue.FromInt32(channel))
        .Add("user", ArgumentValue.FromString(user));

    private static ArgumentTable Table(BasicProperties properties)
    {
        var table = new ArgumentTable.Builder();
        AddText(table, "content_type", properties.ContentType);
        AddText(table, "content_encoding", properties.ContentEncoding);
        if (properties.Headers is { } headers)
            table.Add("headers", ArgumentValue.FromTable(headers));
        AddNumber(table, "delivery_mode", properties.DeliveryMode);
        AddNumber(table, "priority", properties.Priority);
        AddText(table, "correlation_id", properties.CorrelationId);
        AddText(table, "reply_to", properties.ReplyTo);
        AddText(table, "expiration", properties.Expiration);
        AddText(table, "message_id", properties.MessageId);
        AddNumber(table, "timestamp", properties.Timestamp);
        AddText(table, "type", properties.Type);
        AddText(table, "user_id", properties.UserId);
        AddText(table, "app_id", properties.AppId);
        AddText(table, "cluster_id", properties.ClusterId);
        return table.Build();
    }

    private static void AddText(ArgumentTable.Builder table, string name, string? value)
    {
        if (value is not null)
            table.Add(name, ArgumentValue.FromString(value));
    }

    // RabbitMQ sends 32 bits and loses the rest of a timestamp that has more.
    private static void AddNumber(ArgumentTable.Builder table, string name, ulong? value)
    {
        if (value is { } number)
            table.Add(name, number <= int.MaxValue ? ArgumentValue.FromInt32((int)number) : ArgumentValue.FromInt64((long)number));
    }

    private static ArgumentValue Texts(IReadOnlyList<string> texts) =>
        ArgumentValue.FromArray([.. texts.Select(ArgumentValue.FromString)]);
}

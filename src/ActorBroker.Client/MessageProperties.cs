using System.Globalization;
using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Client;

/// <summary>
/// What a message has beside its body (AMQP 0-9-1 §1.8.1). What is null is absent. Texts have at most 255 bytes of UTF-8.
/// An instance that is used for many messages is encoded once.
/// </summary>
public sealed record MessageProperties
{
    private const byte PersistentMode = 2;

    /// <summary>A transient message without any property.</summary>
    public static MessageProperties None { get; } = new();

    /// <summary>A persistent message without any other property.</summary>
    public static MessageProperties Durable { get; } = new() { Persistent = true };

    /// <summary>MIME type of the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>MIME encoding of the body.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>What exchanges of type headers look at, and what the application likes.</summary>
    public ArgumentTable Headers { get; init; } = ArgumentTable.Empty;

    /// <summary>Outlives a restart of the broker in a durable queue; a confirm then means that it does.</summary>
    public bool Persistent { get; init; }

    /// <summary>For queues with priorities.</summary>
    public byte? Priority { get; init; }

    /// <summary>Which request this answers, for applications.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The queue to reply to.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>How long the message may wait in a queue; whole milliseconds.</summary>
    public TimeSpan? Expiration { get; init; }

    /// <summary>The message's identity, for applications: the way to know a message that was published twice.</summary>
    public string? MessageId { get; init; }

    /// <summary>When it was made; whole seconds.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The kind of message, for applications.</summary>
    public string? Type { get; init; }

    /// <summary>The user that publishes; checked by the broker.</summary>
    public string? UserId { get; init; }

    /// <summary>The application that publishes.</summary>
    public string? AppId { get; init; }

    internal ArgumentTable ToTable()
    {
        var table = new ArgumentTable.Builder();
        Add(table, TableNames.ContentType, ContentType);
        Add(table, TableNames.ContentEncoding, ContentEncoding);
        if (Headers.Count > 0)
        {
            table.Add(TableNames.Headers, ArgumentValue.FromTable(Headers));
        }

        if (Persistent)
        {
            table.Add(TableNames.DeliveryMode, ArgumentValue.FromByte(PersistentMode));
        }

        if (Priority is { } priority)
        {
            table.Add(TableNames.Priority, ArgumentValue.FromByte(priority));
        }

        Add(table, TableNames.CorrelationId, CorrelationId);
        Add(table, TableNames.ReplyTo, ReplyTo);
        Add(table, TableNames.Expiration, Expiration is { } expiration
            ? ((long)expiration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)
            : null);
        Add(table, TableNames.MessageId, MessageId);
        if (Timestamp is { } timestamp)
        {
            table.Add(TableNames.Timestamp, ArgumentValue.FromTimestamp((ulong)timestamp.ToUnixTimeSeconds()));
        }

        Add(table, TableNames.Type, Type);
        Add(table, TableNames.UserId, UserId);
        Add(table, TableNames.AppId, AppId);
        return table.Build();
    }

    internal static MessageProperties FromTable(ArgumentTable table) => new()
    {
        ContentType = Text(table, TableNames.ContentType),
        ContentEncoding = Text(table, TableNames.ContentEncoding),
        Headers = table.TryGetValue(TableNames.Headers, out var headers) && headers.TryGetTable(out var found) ? found : ArgumentTable.Empty,
        Persistent = Number(table, TableNames.DeliveryMode) == PersistentMode,
        Priority = (byte?)Number(table, TableNames.Priority),
        CorrelationId = Text(table, TableNames.CorrelationId),
        ReplyTo = Text(table, TableNames.ReplyTo),
        Expiration = long.TryParse(Text(table, TableNames.Expiration), CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null,
        MessageId = Text(table, TableNames.MessageId),
        Timestamp = TimestampOf(table),
        Type = Text(table, TableNames.Type),
        UserId = Text(table, TableNames.UserId),
        AppId = Text(table, TableNames.AppId),
    };

    // Others may have sent what is no time of a calendar.
    private static DateTimeOffset? TimestampOf(ArgumentTable table) =>
        table.TryGetValue(TableNames.Timestamp, out var value) && value.Kind == ArgumentKind.Timestamp
        && value.AsTimestamp() <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds((long)value.AsTimestamp())
            : null;

    private static void Add(ArgumentTable.Builder table, string name, string? text)
    {
        if (text is not null)
        {
            table.Add(name, ArgumentValue.FromString(text));
        }
    }

    private static string? Text(ArgumentTable table, string name) =>
        table.TryGetValue(name, out var value) && value.TryGetString(out var text) ? text : null;

    private static long? Number(ArgumentTable table, string name) =>
        table.TryGetValue(name, out var value) && value.TryGetInt64(out var number) ? number : null;
}

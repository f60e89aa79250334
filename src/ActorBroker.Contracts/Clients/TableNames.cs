namespace ActorBroker.Contracts.Clients;

/// <summary>
/// The names of what a message has beside its body, in the table of a <see cref="Core.Messages.MessageFormat.Table"/>:
/// those that <see cref="Core.Messages.IMessageFormat.ReadProperties"/> gives, and the headers.
/// </summary>
public static class TableNames
{
    /// <summary>Text.</summary>
    public const string ContentType = "content_type";

    /// <summary>Text.</summary>
    public const string ContentEncoding = "content_encoding";

    /// <summary>A table.</summary>
    public const string Headers = "headers";

    /// <summary>2 is persistent.</summary>
    public const string DeliveryMode = "delivery_mode";

    /// <summary>An integer from 0 to 255.</summary>
    public const string Priority = "priority";

    /// <summary>Text.</summary>
    public const string CorrelationId = "correlation_id";

    /// <summary>Text.</summary>
    public const string ReplyTo = "reply_to";

    /// <summary>Milliseconds as decimal digits.</summary>
    public const string Expiration = "expiration";

    /// <summary>Text.</summary>
    public const string MessageId = "message_id";

    /// <summary>A timestamp.</summary>
    public const string Timestamp = "timestamp";

    /// <summary>Text.</summary>
    public const string Type = "type";

    /// <summary>Text.</summary>
    public const string UserId = "user_id";

    /// <summary>Text.</summary>
    public const string AppId = "app_id";

    /// <summary>Text.</summary>
    public const string ClusterId = "cluster_id";
}

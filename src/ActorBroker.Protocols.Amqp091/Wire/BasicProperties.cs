using ActorBroker.Core.Arguments;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// The properties of a message as an object, for whoever makes messages: the server's own events, the load generator, tests.
/// What is null is absent from the wire. The publish path uses <see cref="BasicPropertiesView"/> instead.
/// </summary>
public sealed record BasicProperties
{
    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    public ArgumentTable? Headers { get; init; }

    /// <summary>1 is transient, 2 persistent.</summary>
    public byte? DeliveryMode { get; init; }

    public byte? Priority { get; init; }

    public string? CorrelationId { get; init; }

    public string? ReplyTo { get; init; }

    /// <summary>Time to live in milliseconds, as decimal digits.</summary>
    public string? Expiration { get; init; }

    public string? MessageId { get; init; }

    /// <summary>Seconds since 1970-01-01 UTC.</summary>
    public ulong? Timestamp { get; init; }

    public string? Type { get; init; }

    public string? UserId { get; init; }

    public string? AppId { get; init; }

    public string? ClusterId { get; init; }

    /// <param name="bytes">Everything from the property flags on.</param>
    /// <exception cref="Amqp091WireException">502: <see cref="BasicPropertiesView.Validate"/> refuses the bytes.</exception>
    public static BasicProperties Read(ReadOnlySpan<byte> bytes)
    {
        var view = new BasicPropertiesView(bytes);
        view.Validate();
        return new BasicProperties
        {
            ContentType = StringOf(view, BasicProperty.ContentType),
            ContentEncoding = StringOf(view, BasicProperty.ContentEncoding),
            Headers = view.TryGetHeaders(out var headers) ? FieldTableReader.Read(headers) : null,
            DeliveryMode = view.TryGetDeliveryMode(out var mode) ? mode : null,
            Priority = view.TryGetPriority(out var priority) ? priority : null,
            CorrelationId = StringOf(view, BasicProperty.CorrelationId),
            ReplyTo = StringOf(view, BasicProperty.ReplyTo),
            Expiration = StringOf(view, BasicProperty.Expiration),
            MessageId = StringOf(view, BasicProperty.MessageId),
            Timestamp = view.TryGetTimestamp(out var timestamp) ? timestamp : null,
            Type = StringOf(view, BasicProperty.Type),
            UserId = StringOf(view, BasicProperty.UserId),
            AppId = StringOf(view, BasicProperty.AppId),
            ClusterId = StringOf(view, BasicProperty.ClusterId),
        };
    }

    /// <summary>The size of flags and list in bytes.</summary>
    public int GetSize() =>
        sizeof(ushort)
        + SizeOf(ContentType)
        + SizeOf(ContentEncoding)
        + (Headers is null ? 0 : WireSize.Table(Headers))
        + (DeliveryMode is null ? 0 : sizeof(byte))
        + (Priority is null ? 0 : sizeof(byte))
        + SizeOf(CorrelationId)
        + SizeOf(ReplyTo)
        + SizeOf(Expiration)
        + SizeOf(MessageId)
        + (Timestamp is null ? 0 : sizeof(ulong))
        + SizeOf(Type)
        + SizeOf(UserId)
        + SizeOf(AppId)
        + SizeOf(ClusterId);

    /// <summary>Writes flags and list.</summary>
    /// <param name="destination">At least <see cref="GetSize"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public int Write(Span<byte> destination)
    {
        var writer = new WireWriter(destination);
        writer.WriteUInt16(Flags());
        WriteString(ref writer, ContentType);
        WriteString(ref writer, ContentEncoding);
        if (Headers is not null)
            writer.WriteTable(Headers);
        if (DeliveryMode is { } mode)
            writer.WriteByte(mode);
        if (Priority is { } priority)
            writer.WriteByte(priority);
        WriteString(ref writer, CorrelationId);
        WriteString(ref writer, ReplyTo);
        WriteString(ref writer, Expiration);
        WriteString(ref writer, MessageId);
        if (Timestamp is { } timestamp)
            writer.WriteUInt64(timestamp);
        WriteString(ref writer, Type);
        WriteString(ref writer, UserId);
        WriteString(ref writer, AppId);
        WriteString(ref writer, ClusterId);
        return writer.Position;
    }

    /// <summary>Flags and list in an array of their own.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[GetSize()];
        Write(bytes);
        return bytes;
    }

    private ushort Flags() => (ushort)(
        Flag(BasicProperty.ContentType, ContentType is not null)
        | Flag(BasicProperty.ContentEncoding, ContentEncoding is not null)
        | Flag(BasicProperty.Headers, Headers is not null)
        | Flag(BasicProperty.DeliveryMode, DeliveryMode is not null)
        | Flag(BasicProperty.Priority, Priority is not null)
        | Flag(BasicProperty.CorrelationId, CorrelationId is not null)
        | Flag(BasicProperty.ReplyTo, ReplyTo is not null)
        | Flag(BasicProperty.Expiration, Expiration is not null)
        | Flag(BasicProperty.MessageId, MessageId is not null)
        | Flag(BasicProperty.Timestamp, Timestamp is not null)
        | Flag(BasicProperty.Type, Type is not null)
        | Flag(BasicProperty.UserId, UserId is not null)
        | Flag(BasicProperty.AppId, AppId is not null)
        | Flag(BasicProperty.ClusterId, ClusterId is not null));

    private static int Flag(BasicProperty property, bool isPresent) => isPresent ? 0x8000 >> (int)property : 0;

    private static int SizeOf(string? text) => text is null ? 0 : WireSize.ShortString(text);

    private static void WriteString(ref WireWriter writer, string? text)
    {
        if (text is not null)
            writer.WriteShortString(text);
    }

    private static string? StringOf(BasicPropertiesView view, BasicProperty property) =>
        view.TryFind(property, out var value) ? System.Text.Encoding.UTF8.GetString(value) : null;
}

using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Messages;

/// <summary>
/// What queues and exchanges ask of a message's properties without knowing the protocol that it came by. The bytes
/// given are always a record's <see cref="MessageView.Properties"/>, which were checked when they arrived.
/// Implementations have no state and are called from any thread.
/// </summary>
public interface IMessageFormat
{
    /// <summary>Which encoding this is.</summary>
    MessageFormat Format { get; }

    /// <summary>How long the message may wait, in milliseconds; null for ever.</summary>
    long? ReadExpiration(ReadOnlySpan<byte> properties);

    /// <summary>One header (of the top level, by exact name) without reading the others' values.</summary>
    bool TryReadHeader(ReadOnlySpan<byte> properties, string name, out ArgumentValue value);

    /// <summary>All headers; empty when there are none.</summary>
    ArgumentTable ReadHeaders(ReadOnlySpan<byte> properties);

    /// <summary>
    /// One of the properties <c>message_id</c>, <c>correlation_id</c>, <c>type</c>, <c>app_id</c> and <c>timestamp</c> as
    /// text (seconds of Unix time for the last); null when the message does not have it.
    /// </summary>
    string? ReadProperty(ReadOnlySpan<byte> properties, string name);

    /// <summary>
    /// Everything that the message has but its headers, by the names of AMQP 0-9-1 (<c>content_type</c>,
    /// <c>delivery_mode</c>, ...): texts, numbers, and a timestamp.
    /// </summary>
    ArgumentTable ReadProperties(ReadOnlySpan<byte> properties);

    /// <summary>The properties of a persistent message of the broker's own, in a new array.</summary>
    byte[] Write(ArgumentTable headers, DateTimeOffset timestamp);

    /// <summary>The same properties with some of them changed, in a new array.</summary>
    byte[] Rewrite(ReadOnlySpan<byte> properties, PropertiesChange change);
}

/// <summary>How properties are to be changed.</summary>
/// <param name="SetHeaders">Headers to add, in place of those of the same name.</param>
/// <param name="RemoveHeaders">Headers to leave out.</param>
/// <param name="DropExpiration">Leave the message's lifetime out.</param>
public sealed record PropertiesChange(ArgumentTable SetHeaders, IReadOnlyList<string> RemoveHeaders, bool DropExpiration);

/// <summary>The formats that this broker reads, by their number.</summary>
public sealed class MessageFormats
{
    private readonly IMessageFormat?[] _formats = new IMessageFormat?[byte.MaxValue + 1];

    /// <summary>Takes one implementation for each format.</summary>
    public MessageFormats(params IEnumerable<IMessageFormat> formats)
    {
        foreach (var format in formats)
        {
            _formats[(byte)format.Format] = format;
        }
    }

    /// <summary>The format of a record.</summary>
    /// <exception cref="NotSupportedException">A later version wrote the message.</exception>
    public IMessageFormat this[MessageFormat format] =>
        Find(format) ?? throw new NotSupportedException($"Message format {(byte)format} is not known to this version.");

    /// <summary>The format of a record; null when a later version wrote the message.</summary>
    public IMessageFormat? Find(MessageFormat format) => _formats[(byte)format];
}

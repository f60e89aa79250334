using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Tests.Messages;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>Messages whose properties are nothing but their filter value.</summary>
internal sealed class StreamMessages : IMessageFormat
{
    public static readonly MessageFormats Formats = new(new StreamMessages());

    public MessageFormat Format => MessageFormat.Amqp091;

    /// <summary>Bodies as given; what follows a colon in a text is the message's filter value.</summary>
    public static MessageBatch Batch(params string[] texts)
    {
        var records = new List<byte[]>();
        foreach (var text in texts)
        {
            var parts = text.Split(':');
            var body = Encoding.UTF8.GetBytes(parts[0]);
            var properties = Encoding.UTF8.GetBytes(parts.ElementAtOrDefault(1) ?? "");
            var record = new byte[MessageRecord.SizeOf(properties.Length, body.Length)];
            var flags = properties.Length > 0 ? MessageFlags.HasHeaders : MessageFlags.None;
            MessageRecord.WriteHeader(record, MessageFormat.Amqp091, properties.Length, body.Length, 0, flags, 0);
            properties.CopyTo(record, MessageRecord.HeaderSize);
            body.CopyTo(record, MessageRecord.HeaderSize + properties.Length);
            records.Add(record);
        }

        var offsets = new int[records.Count];
        for (var i = 1; i < offsets.Length; i++)
        {
            offsets[i] = offsets[i - 1] + records[i - 1].Length;
        }

        return new MessageBatch([.. records.SelectMany(static record => record)], offsets, [TestBatches.Route]);
    }

    public long? ReadExpiration(ReadOnlySpan<byte> properties) => null;

    public bool TryReadHeader(ReadOnlySpan<byte> properties, string name, out ArgumentValue value)
    {
        value = ArgumentValue.FromString(properties);
        return name == "x-stream-filter-value" && properties.Length > 0;
    }

    public ArgumentTable ReadHeaders(ReadOnlySpan<byte> properties) => ArgumentTable.Empty;

    public string? ReadProperty(ReadOnlySpan<byte> properties, string name) => null;

    public ArgumentTable ReadProperties(ReadOnlySpan<byte> properties) => ArgumentTable.Empty;

    public byte[] Write(ArgumentTable headers, DateTimeOffset timestamp) => [];

    public byte[] Rewrite(ReadOnlySpan<byte> properties, PropertiesChange change) => properties.ToArray();
}

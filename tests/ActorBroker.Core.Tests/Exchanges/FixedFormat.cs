using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Tests.Exchanges;

/// <summary>Reads the same from whatever bytes it is given: one message's headers and properties.</summary>
internal sealed class FixedFormat : IMessageFormat
{
    public MessageFormat Format => MessageFormat.Amqp091;

    public ArgumentTable Headers { get; init; } = ArgumentTable.Empty;

    public Dictionary<string, string> Properties { get; } = [];

    public long? ReadExpiration(ReadOnlySpan<byte> properties) => null;

    public bool TryReadHeader(ReadOnlySpan<byte> properties, string name, out ArgumentValue value) => Headers.TryGetValue(name, out value);

    public ArgumentTable ReadHeaders(ReadOnlySpan<byte> properties) => Headers;

    public string? ReadProperty(ReadOnlySpan<byte> properties, string name) => Properties.GetValueOrDefault(name);

    public ArgumentTable ReadProperties(ReadOnlySpan<byte> properties) => ArgumentTable.Of([.. Properties.Select(static property => (property.Key, ArgumentValue.FromString(property.Value)))]);

    public byte[] Write(ArgumentTable headers, DateTimeOffset timestamp) => [];

    public byte[] Rewrite(ReadOnlySpan<byte> properties, PropertiesChange change) => properties.ToArray();
}

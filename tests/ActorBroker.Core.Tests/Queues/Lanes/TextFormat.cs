using System.Globalization;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Tests.Queues.Lanes;

/// <summary>Properties as text: headers "name=value", separated by semicolons; values of digits are integers. "expiration" is one.</summary>
internal sealed class TextFormat : IMessageFormat
{
    public static MessageFormats Only { get; } = new(new TextFormat());

    public MessageFormat Format => MessageFormat.Amqp091;

    public static byte[] Properties(params (string Name, string? Value)[] headers) => Encoding.UTF8.GetBytes(
        string.Join(';', headers.Where(static header => header.Value is not null).Select(static header => $"{header.Name}={header.Value}")));

    public long? ReadExpiration(ReadOnlySpan<byte> properties) =>
        TryReadHeader(properties, "expiration", out var value) ? value.AsInt64() : null;

    public bool TryReadHeader(ReadOnlySpan<byte> properties, string name, out ArgumentValue value) =>
        ReadHeaders(properties).TryGetValue(name, out value);

    public ArgumentTable ReadHeaders(ReadOnlySpan<byte> properties)
    {
        var headers = new ArgumentTable.Builder();
        foreach (var pair in Encoding.UTF8.GetString(properties).Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var text = pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..];
            headers.Add(pair[..^(text.Length + 1)], int.TryParse(text, CultureInfo.InvariantCulture, out var number)
                ? ArgumentValue.FromInt32(number) : ArgumentValue.FromString(text));
        }

        return headers.Build();
    }

    public string? ReadProperty(ReadOnlySpan<byte> properties, string name) =>
        TryReadHeader(properties, name, out var value) ? value.AsInt64().ToString(CultureInfo.InvariantCulture) : null;

    public ArgumentTable ReadProperties(ReadOnlySpan<byte> properties) => ArgumentTable.Empty;

    public byte[] Write(ArgumentTable headers, DateTimeOffset timestamp) => [];

    public byte[] Rewrite(ReadOnlySpan<byte> properties, PropertiesChange change) => properties.ToArray();
}

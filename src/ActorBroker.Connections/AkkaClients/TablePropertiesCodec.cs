using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// Between the properties of messages as the broker keeps them and the tables that clients of Akka.Remote have. Most
/// messages have the same as the one before: the last ones are kept and compared. Has one owner.
/// </summary>
internal sealed class TablePropertiesCodec(MessageFormats formats)
{
    private byte[] _lastTable = [];
    private byte[] _lastFromTable = [];
    private byte[] _lastProperties = [];
    private byte[] _lastToTable = [];
    private MessageFormat _lastFormat = MessageFormat.Table;

    /// <summary>The property list of AMQP 0-9-1 for a client's table. Not to be changed.</summary>
    /// <exception cref="InvalidDataException">The bytes are no table, or a property is not of its kind.</exception>
    public byte[] FromTable(ReadOnlySpan<byte> table)
    {
        if (_lastFromTable.Length == 0 || !table.SequenceEqual(_lastTable))
        {
            _lastFromTable = Convert(ArgumentTableCodec.Read(table)).ToArray();
            _lastTable = table.ToArray();
        }

        return _lastFromTable;
    }

    /// <summary>The table for a message's properties, whatever protocol it came by. Not to be changed.</summary>
    public byte[] ToTable(in MessageView message)
    {
        if (_lastToTable.Length == 0 || message.Format != _lastFormat || !message.Properties.SequenceEqual(_lastProperties))
        {
            _lastToTable = ArgumentTableCodec.Encode(TableOf(formats[message.Format], message.Properties));
            _lastProperties = message.Properties.ToArray();
            _lastFormat = message.Format;
        }

        return _lastToTable;
    }

    private static ArgumentTable TableOf(IMessageFormat format, ReadOnlySpan<byte> properties)
    {
        var table = format.ReadProperties(properties);
        var headers = format.ReadHeaders(properties);
        if (headers.Count == 0)
        {
            return table;
        }

        var all = new ArgumentTable.Builder();
        foreach (var (name, value) in table)
        {
            all.Add(name, value);
        }

        return all.Add(TableNames.Headers, ArgumentValue.FromTable(headers)).Build();
    }

    private static BasicProperties Convert(ArgumentTable table)
    {
        var properties = new BasicProperties();
        foreach (var (name, value) in table)
        {
            properties = name switch
            {
                TableNames.ContentType => properties with { ContentType = Text(name, value) },
                TableNames.ContentEncoding => properties with { ContentEncoding = Text(name, value) },
                TableNames.Headers => properties with { Headers = value.TryGetTable(out var headers) ? headers : throw Wrong(name) },
                TableNames.DeliveryMode => properties with { DeliveryMode = Byte(name, value) },
                TableNames.Priority => properties with { Priority = Byte(name, value) },
                TableNames.CorrelationId => properties with { CorrelationId = Text(name, value) },
                TableNames.ReplyTo => properties with { ReplyTo = Text(name, value) },
                TableNames.Expiration => properties with { Expiration = Text(name, value) },
                TableNames.MessageId => properties with { MessageId = Text(name, value) },
                TableNames.Timestamp => properties with { Timestamp = value.Kind == ArgumentKind.Timestamp ? value.AsTimestamp() : throw Wrong(name) },
                TableNames.Type => properties with { Type = Text(name, value) },
                TableNames.UserId => properties with { UserId = Text(name, value) },
                TableNames.AppId => properties with { AppId = Text(name, value) },
                TableNames.ClusterId => properties with { ClusterId = Text(name, value) },
                _ => throw new InvalidDataException($"a message has no property '{name}'"),
            };
        }

        return properties;
    }

    private static string Text(string name, ArgumentValue value) =>
        value.TryGetString(out var text) && System.Text.Encoding.UTF8.GetByteCount(text) <= byte.MaxValue ? text : throw Wrong(name);

    private static byte Byte(string name, ArgumentValue value) =>
        value.TryGetInt64(out var number) && number is >= 0 and <= byte.MaxValue ? (byte)number : throw Wrong(name);

    private static InvalidDataException Wrong(string name) => new($"the property '{name}' is not of its kind, or too long");
}

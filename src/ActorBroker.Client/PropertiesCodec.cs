using ActorBroker.Core.Arguments;

namespace ActorBroker.Client;

/// <summary>Properties as bytes and back; those of the last message are kept, since most messages have the same. Has one owner.</summary>
internal sealed class PropertiesCodec
{
    private MessageProperties? _lastWritten;
    private byte[] _lastWrittenBytes = [];
    private MessageProperties _lastRead = MessageProperties.None;
    private byte[] _lastReadBytes = [];

    /// <exception cref="ArgumentException">The headers are beyond the limits of a table.</exception>
    public byte[] Write(MessageProperties properties)
    {
        if (!ReferenceEquals(properties, _lastWritten))
        {
            _lastWrittenBytes = ArgumentTableCodec.Encode(properties.ToTable());
            _lastWritten = properties;
        }

        return _lastWrittenBytes;
    }

    /// <exception cref="InvalidDataException">The bytes are no table.</exception>
    public MessageProperties Read(ReadOnlySpan<byte> bytes)
    {
        if (_lastReadBytes.Length == 0 || !bytes.SequenceEqual(_lastReadBytes))
        {
            _lastRead = MessageProperties.FromTable(ArgumentTableCodec.Read(bytes));
            _lastReadBytes = bytes.ToArray();
        }

        return _lastRead;
    }
}

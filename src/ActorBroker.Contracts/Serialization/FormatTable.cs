using System.Runtime.Serialization;
using Akka.Actor;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The written form of each type of a serializer, by its manifest. A manifest ends in the version of the form; a type
/// is written in its newest form, and every form ever released keeps being read.
/// </summary>
internal sealed class FormatTable
{
    private readonly Dictionary<Type, Format> _byType = [];
    private readonly Dictionary<string, Format> _byManifest = new(StringComparer.Ordinal);

    /// <summary>A form of bytes laid out by hand.</summary>
    /// <param name="manifest">Name and version of the form.</param>
    /// <param name="write">Gives an array that nobody else holds.</param>
    /// <param name="read">Owns the array given; throws <see cref="InvalidDataException"/> for damaged bytes.</param>
    public void Add<T>(string manifest, Func<T, byte[]> write, Func<byte[], T> read)
        where T : class =>
        Add(typeof(T), new Format(manifest, value => write((T)value), read));

    /// <summary>A form that is a Protobuf message.</summary>
    public void AddProto<T, TProto>(string manifest, MessageParser<TProto> parser, Func<T, TProto> write, Func<TProto, T> read)
        where T : class
        where TProto : IMessage<TProto> =>
        Add(typeof(T), new Format(manifest, value => write((T)value).ToByteArray(), bytes => read(parser.ParseFrom(bytes))));

    /// <summary>The manifest that a value is written with.</summary>
    /// <exception cref="SerializationException">The value's type has no form.</exception>
    public string ManifestOf(object value) => FormatOf(value).Manifest;

    /// <summary>The value in its newest form.</summary>
    /// <exception cref="SerializationException">The value's type has no form.</exception>
    public byte[] Write(object value) => FormatOf(value).Write(value);

    /// <summary>Reads a form; the array becomes the value's own.</summary>
    /// <exception cref="SerializationException">No form has this manifest, or the bytes are damaged.</exception>
    public object Read(byte[] bytes, string manifest)
    {
        if (!_byManifest.TryGetValue(manifest, out var format))
        {
            throw new SerializationException($"No written form has the manifest '{manifest}': it is from a newer version, or not ours.");
        }

        try
        {
            return format.Read(bytes);
        }
        catch (Exception failure) when (failure is InvalidDataException or InvalidProtocolBufferException)
        {
            throw new SerializationException($"A form '{manifest}' of {bytes.Length} bytes cannot be read: {failure.Message}", failure);
        }
    }

    private void Add(Type type, Format format)
    {
        _byType.Add(type, format);
        _byManifest.Add(format.Manifest, format);
    }

    private Format FormatOf(object value) =>
        _byType.TryGetValue(value.GetType(), out var format)
            ? format
            : throw new SerializationException($"{value.GetType()} has no written form.");

    private sealed record Format(string Manifest, Func<object, byte[]> Write, Func<byte[], object> Read);
}

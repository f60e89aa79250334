using System.Runtime.Serialization;
using Akka.Actor;
using Google.Protobuf;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The written form of each type of a serializer, by its manifest. A manifest ends in the version of the form; a type
/// is written in its newest form, and every form ever released keeps being read.
/// </summary>
/// <param name="isChecked">
/// Its Protobuf forms are written with a checksum (<see cref="CheckedForm"/>), under their manifest and a <c>c</c>; the
/// plain forms, as earlier versions wrote them, are still read.
/// </param>
internal sealed class FormatTable(bool isChecked = false)
{
    private const string CheckedSuffix = "c";

    private readonly Dictionary<Type, Format> _byType = [];
    private readonly Dictionary<string, Format> _byManifest = new(StringComparer.Ordinal);

    /// <summary>A form of bytes laid out by hand.</summary>
    /// <param name="manifest">Name and version of the form.</param>
    /// <param name="write">Gives an array that nobody else holds.</param>
    /// <param name="read">Owns the array given; throws <see cref="InvalidDataException"/> for damaged bytes.</param>
    public void Add<T>(string manifest, Func<T, byte[]> write, Func<byte[], T> read)
        where T : class =>
        Add(typeof(T), new Format(manifest, value => write((T)value), read));

    /// <summary>As the other, for a form of which something is left when its bytes are damaged.</summary>
    /// <param name="manifest">Name and version of the form.</param>
    /// <param name="write">Gives an array that nobody else holds.</param>
    /// <param name="read">Owns the array given; throws <see cref="InvalidDataException"/> for damaged bytes.</param>
    /// <param name="salvage">What is left of damaged bytes, and what is wrong with them.</param>
    public void Add<T>(string manifest, Func<T, byte[]> write, Func<byte[], T> read, Func<byte[], string, T> salvage)
        where T : class =>
        Add(typeof(T), new Format(manifest, value => write((T)value), read) { Salvage = salvage });

    /// <summary>A form that is a Protobuf message.</summary>
    public void AddProto<T, TProto>(string manifest, MessageParser<TProto> parser, Func<T, TProto> write, Func<TProto, T> read)
        where T : class
        where TProto : IMessage<TProto>
    {
        if (!isChecked)
        {
            Add(typeof(T), new Format(manifest, value => write((T)value).ToByteArray(), bytes => read(parser.ParseFrom(bytes))));
            return;
        }

        _byManifest.Add(manifest, new Format(manifest, value => write((T)value).ToByteArray(), bytes => read(parser.ParseFrom(bytes))));
        Add(typeof(T), new Format(
            manifest + CheckedSuffix,
            value => CheckedForm.Write(write((T)value)),
            bytes => read(parser.ParseFrom(CheckedForm.ContentOf(bytes)))));
    }

    /// <summary>The manifest that a value is written with.</summary>
    /// <exception cref="SerializationException">The value's type has no form.</exception>
    public string ManifestOf(object value) => FormatOf(value).Manifest;

    /// <summary>The value in its newest form.</summary>
    /// <exception cref="SerializationException">The value's type has no form.</exception>
    public byte[] Write(object value) => FormatOf(value).Write(value);

    /// <summary>A form of this manifest can be read.</summary>
    public bool Knows(string manifest) => _byManifest.ContainsKey(manifest);

    /// <summary>Reads a form, or what is left of it; the array becomes the value's own.</summary>
    /// <exception cref="SerializationException">No form has this manifest, or nothing is left of the damaged bytes.</exception>
    public object Read(byte[] bytes, string manifest)
    {
        if (!_byManifest.TryGetValue(manifest, out var format))
        {
            throw new SerializationException($"No written form has the manifest '{manifest}': it is from a newer version, or not ours.");
        }

        try
        {
            return ReadWhatIsLeft(format, bytes);
        }
        catch (Exception failure) when (failure is InvalidDataException or InvalidProtocolBufferException or NewerFormException)
        {
            throw new SerializationException($"A form '{manifest}' of {bytes.Length} bytes cannot be read: {failure.Message}", failure);
        }
    }

    private static object ReadWhatIsLeft(Format format, byte[] bytes)
    {
        try
        {
            return format.Read(bytes);
        }
        catch (InvalidDataException failure) when (format.Salvage is { } salvage)
        {
            return salvage(bytes, failure.Message);
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

    private sealed record Format(string Manifest, Func<object, byte[]> Write, Func<byte[], object> Read)
    {
        public Func<byte[], string, object>? Salvage { get; init; }
    }
}

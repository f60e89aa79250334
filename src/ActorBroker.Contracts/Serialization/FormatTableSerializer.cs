using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// A serializer of Akka over a table of written forms. It logs nothing and puts no content into its exceptions: what
/// passes through it may be a password.
/// </summary>
public abstract class FormatTableSerializer : SerializerWithStringManifest
{
    private readonly FormatTable _formats;

    private protected FormatTableSerializer(ExtendedActorSystem system, FormatTable formats)
        : base(system) => _formats = formats;

    /// <inheritdoc/>
    public override string Manifest(object o)
    {
        ArgumentNullException.ThrowIfNull(o);
        return _formats.ManifestOf(o);
    }

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        return _formats.Write(obj);
    }

    /// <summary>Reads a value, which owns <paramref name="bytes"/> from here on: a batch of messages points into it.</summary>
    /// <exception cref="System.Runtime.Serialization.SerializationException">The manifest is unknown or the bytes are damaged.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return _formats.Read(bytes, manifest);
    }
}

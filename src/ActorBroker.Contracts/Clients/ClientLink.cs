using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using Akka.Actor;
using Akka.Serialization;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Contracts.Clients;

/// <summary>
/// One end of a session: sends words in order, large ones in parts, and knows whether any got lost. Has one owner, the
/// actor that it sends for.
/// </summary>
/// <param name="system">Its serializers write and read the parts.</param>
/// <param name="self">The sender of what is sent.</param>
/// <param name="peer">The other end.</param>
/// <param name="wordBytesMax">Largest word that is put together of parts; what is larger is refused.</param>
public sealed class ClientLink(ActorSystem system, IActorRef self, IActorRef peer, int wordBytesMax)
{
    // More than what a form has beside its batches, and beside each of them.
    private const int FrameMax = 64;

    private readonly AkkaSerialization _serialization = system.Serialization;
    private long _sent;
    private long _received;
    private long _pinged = -1;
    private string _manifest = string.Empty;
    private byte[]? _partial;
    private int _partialLength;

    /// <summary>The other end.</summary>
    public IActorRef Peer { get; } = peer;

    /// <summary>Sends a word.</summary>
    public void Send(IBrokerMessage word)
    {
        if (SizeOf(word) > ClientSession.PartBytes && _serialization.FindSerializerFor(word) is SerializerWithStringManifest serializer)
        {
            var bytes = serializer.ToBinary(word);
            if (bytes.Length > ClientSession.PartBytes)
            {
                SendParts(serializer.Manifest(word), bytes);
                return;
            }
        }

        Tell(word);
    }

    /// <summary>Says how much has been sent, when anything was since the last time or <paramref name="always"/>.</summary>
    public void Ping(bool always)
    {
        if (always || _pinged != _sent)
        {
            _pinged = _sent;
            Peer.Tell(new ClientPing(_sent), self);
        }
    }

    /// <summary>Whether everything that the other end has sent until its ping has come.</summary>
    public bool IsWhole(ClientPing ping)
    {
        ArgumentNullException.ThrowIfNull(ping);
        return ping.Sent == _received;
    }

    /// <summary>Takes a word that is not a ping.</summary>
    /// <returns>The word, put together if it came in parts; null when parts are missing.</returns>
    /// <exception cref="InvalidDataException">A part does not fit what came before it, or the word is too large.</exception>
    /// <exception cref="System.Runtime.Serialization.SerializationException">The parts do not make a word.</exception>
    public object? Receive(object word)
    {
        _received++;
        if (word is ClientPart part)
        {
            return Join(part);
        }

        return _partial is null ? word : throw new InvalidDataException("A word came between the parts of another.");
    }

    // At least what the written form takes, without writing it.
    private static long SizeOf(IBrokerMessage word) => word switch
    {
        ClientPublish publish => FrameMax + MessageBatchCodec.GetSize(publish.Batch),
        DeliverMessages deliver => FrameMax + deliver.Segments.Sum(static segment => SizeOf(segment)),
        MessageTaken { Segment: { } segment } => FrameMax + SizeOf(segment),
        _ => 0,
    };

    private static long SizeOf(DeliverySegment segment) =>
        FrameMax + MessageBatchCodec.GetSize(segment.Batch, segment.StartIndex, segment.Count);

    private void SendParts(string manifest, byte[] bytes)
    {
        for (var start = 0; start < bytes.Length; start += ClientSession.PartBytes)
        {
            var length = Math.Min(ClientSession.PartBytes, bytes.Length - start);
            Tell(new ClientPart(manifest, bytes.Length, bytes.AsMemory(start, length)));
        }
    }

    private void Tell(IBrokerMessage word)
    {
        _sent++;
        Peer.Tell(word, self);
    }

    private object? Join(ClientPart part)
    {
        if (_partial is null)
        {
            if (part.TotalBytes <= 0 || part.TotalBytes > wordBytesMax)
            {
                throw new InvalidDataException($"A word of {part.TotalBytes} bytes is larger than the {wordBytesMax} allowed.");
            }

            _partial = GC.AllocateUninitializedArray<byte>(part.TotalBytes);
            _manifest = part.Manifest;
            _partialLength = 0;
        }

        if (part.Manifest != _manifest || part.TotalBytes != _partial.Length || part.Bytes.Length > _partial.Length - _partialLength)
        {
            throw new InvalidDataException("A part does not belong to the word that has begun.");
        }

        part.Bytes.CopyTo(_partial.AsMemory(_partialLength));
        _partialLength += part.Bytes.Length;
        if (_partialLength < _partial.Length)
        {
            return null;
        }

        var whole = _partial;
        _partial = null;
        var serializer = (SerializerWithStringManifest)_serialization.FindSerializerForType(typeof(ClientPart));
        return serializer.FromBinary(whole, _manifest);
    }
}

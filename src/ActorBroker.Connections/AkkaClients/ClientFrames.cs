using System.Text;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// What of a client's frames goes on to Akka.Remote: messages to the receptionist, to the actors behind it that relay
/// sessions, and what watching them takes. Akka's untrusted mode drops selections of other paths; whoever knows the path of
/// an actor could tell it anything all the same.
/// </summary>
/// <remarks>
/// A frame of Akka.Remote, in Protobuf: <c>AkkaProtocolMessage { bytes payload = 1; AkkaControlMessage instruction = 2 }</c>, its
/// payload <c>AckAndEnvelopeContainer { ack = 1; RemoteEnvelope envelope = 2 }</c>, the envelope
/// <c>{ ActorRefData recipient = 1 { string path = 1 }; Payload message = 2 { message = 1; int32 serializerId = 2; bytes manifest = 3 } }</c>.
/// </remarks>
internal sealed class ClientFrames
{
    private static readonly string[] Services = ["/system/receptionist", "/user/clients"];
    private static readonly string[] Others = ["/", "/system/remote-watcher"];

    private readonly Lazy<(int Serializer, HashSet<string> Manifests)> _watching;

    /// <param name="system">Whose serializer of system messages says how the harmless ones are called.</param>
    public ClientFrames(ExtendedActorSystem system) => _watching = new(() => WatchingOf(system));

    /// <summary>Whether the frame may go on: it is one of the connection's own, or for somebody whom clients may tell it.</summary>
    public bool MayPass(ReadOnlySpan<byte> frame)
    {
        var payload = new FrameFields(frame, 1);
        var envelope = new FrameFields(payload.Bytes, 2);
        if (!payload.IsSound || !envelope.IsSound)
        {
            return false;
        }

        return !envelope.IsThere || IsAdmitted(new FrameFields(envelope.Bytes, 1), new FrameFields(envelope.Bytes, 2));
    }

    /// <summary>Whether what is in that envelope is a message by which actors are supervised or watched.</summary>
    public bool IsSystemMessage(ReadOnlySpan<byte> envelope) =>
        (int)new FrameFields(new FrameFields(envelope, 2).Bytes, 2).Number == _watching.Value.Serializer;

    private bool IsAdmitted(FrameFields recipient, FrameFields message)
    {
        var path = new FrameFields(recipient.Bytes, 1);
        return recipient.IsSound && path.IsSound && message is { IsSound: true, IsThere: true }
               && IsOpen(Encoding.UTF8.GetString(path.Bytes)) && IsHarmless(message.Bytes);
    }

    // Of the messages by which actors are supervised, those by which they are watched.
    private bool IsHarmless(ReadOnlySpan<byte> message)
    {
        var (serializer, manifests) = _watching.Value;
        var number = new FrameFields(message, 2);
        var manifest = new FrameFields(message, 3);
        return number.IsSound && manifest.IsSound
               && ((int)number.Number != serializer || manifests.Contains(Encoding.UTF8.GetString(manifest.Bytes)));
    }

    private static bool IsOpen(string recipient)
    {
        var authority = recipient.IndexOf("://", StringComparison.Ordinal);
        var start = authority < 0 ? -1 : recipient.IndexOf('/', authority + 3);
        if (start < 0)
        {
            return false;
        }

        var path = recipient.AsSpan(start);
        foreach (var other in Others)
        {
            if (path.SequenceEqual(other))
            {
                return true;
            }
        }

        foreach (var service in Services)
        {
            if (path.StartsWith(service, StringComparison.Ordinal) && (path.Length == service.Length || path[service.Length] is '/' or '#'))
            {
                return !path.Contains("/../", StringComparison.Ordinal);
            }
        }

        return false;
    }

    private static (int Serializer, HashSet<string> Manifests) WatchingOf(ExtendedActorSystem system)
    {
        var nobody = system.Provider.DeadLetters as IInternalActorRef;
        var serializer = system.Serialization.FindSerializerForType(typeof(Watch));
        object[] watching = [new Watch(nobody, nobody), new Unwatch(nobody, nobody), new DeathWatchNotification(nobody, true, false)];
        return (serializer.Identifier, [.. watching.Select(message => AkkaSerialization.ManifestFor(serializer, message))]);
    }
}

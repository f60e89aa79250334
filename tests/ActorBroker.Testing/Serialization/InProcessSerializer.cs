using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Testing.Serialization;

/// <summary>
/// Hands an object over as it is. For messages of Akka's own that never leave their actor system but are not marked so:
/// with <c>serialize-messages</c> on, the journal's resequencer would have whole events written as JSON.
/// </summary>
public sealed class InProcessSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>The bindings, for the configuration of a test that persists.</summary>
    public const string Bindings =
        """
        akka.actor {
          serializers.in-process = "ActorBroker.Testing.Serialization.InProcessSerializer, ActorBroker.Testing"
          serialization-bindings."Akka.Persistence.Journal.AsyncWriteJournal+Desequenced, Akka.Persistence" = in-process
        }
        """;

    private readonly ConcurrentDictionary<long, object> _handedOver = new();
    private long _last;

    public override int Identifier => 7199;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        var number = Interlocked.Increment(ref _last);
        _handedOver[number] = obj;
        return BitConverter.GetBytes(number);
    }

    public override object FromBinary(byte[] bytes, Type type) =>
        _handedOver.TryRemove(BitConverter.ToInt64(bytes), out var handedOver)
            ? handedOver
            : throw new InvalidOperationException("A message was read twice, or in another actor system.");
}

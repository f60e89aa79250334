using ActorBroker.Contracts;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Serialization;
using Akka.Actor;

namespace ActorBroker.Client;

/// <summary>
/// Has any actor system write the words of the broker, and of its receptionist, in their own forms, whatever its
/// configuration says of serializers: what was left to Akka's default would be JSON, which the broker does not read.
/// </summary>
internal static class ClientSerializers
{
    /// <exception cref="InvalidOperationException">The system's configuration binds these words to other serializers.</exception>
    public static void AddTo(ActorSystem system)
    {
        // Akka reads its serializers again when a fallback is added, as it does for its own extensions.
        system.Settings.InjectTopLevelFallback(BrokerConfiguration.Serializers);
        if (system.Serialization.FindSerializerForType(typeof(IBrokerMessage)) is not BrokerMessageSerializer)
        {
            throw new InvalidOperationException($"Actor system '{system.Name}' has another serializer for {nameof(IBrokerMessage)}.");
        }
    }
}

using ActorBroker.Client;
using ActorBroker.Embedded;
using Akka.Actor;

namespace ActorBroker.Hosting;

/// <summary>What has been started with an application's actor system.</summary>
internal sealed class HostedParts : IExtension
{
    private volatile EmbeddedBroker? _broker;
    private volatile BrokerClient? _client;

    public EmbeddedBroker? Broker
    {
        get => _broker;
        set => _broker = value;
    }

    public BrokerClient? Client
    {
        get => _client;
        set => _client = value;
    }

    public static HostedParts Of(ActorSystem system) => system.WithExtension<HostedParts, Provider>();

    public sealed class Provider : ExtensionIdProvider<HostedParts>
    {
        public override HostedParts CreateExtension(ExtendedActorSystem system) => new();
    }
}

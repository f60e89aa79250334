using ActorBroker.Broker.Policies;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Management;

/// <summary>Starts what a node knows of itself and of the others.</summary>
internal static class ManagementStart
{
    private static readonly string[] Askers = [ListenerOptions.Http, ListenerOptions.Https, ListenerOptions.Prometheus];

    /// <summary>Somebody may ask at some time.</summary>
    public static bool IsWanted(BrokerOptions options) =>
        IsKept(options) || options.Listeners.Any(static listener => listener.Enabled && Askers.Contains(listener.Name));

    /// <summary>Somebody asks from the start: another node of several, or a collector.</summary>
    public static bool IsKept(BrokerOptions options) => options.Cluster.IsOneOfSeveral || options.Telemetry is { Endpoint: not null, Metrics: true };

    public static IManagementView Start(
        ActorSystem system, BrokerOptions options, TimeProvider clock, NodeGauge gauge, BrokerEntities entities, NodePolicies policies)
    {
        var node = Cluster.Get(system).SelfAddress.HostPort();
        var sampler = new Sampler(entities.Statistics, (virtualHost, name) => IsThere(system, entities, virtualHost, name), clock);
        var reader = new NodeReader(system, node, entities.Statistics, sampler, gauge, clock);
        var agent = system.ActorOf(ManagementAgentActor.Props(sampler, gauge, entities.Statistics, reader), ManagementAgentActor.Name);
        var meter = new NodeMeter(reader);
        system.RegisterOnTermination(meter.Dispose);
        return new ManagementView(system, reader, entities, policies, new FirstQuestion(system, entities.Statistics, policies, agent));
    }

    // What the node does not know yet may be there.
    private static bool IsThere(ActorSystem system, BrokerEntities entities, string virtualHost, Destination name)
    {
        if (SystemManagement.Of(system).Users is { } users && !users.Tables.Current.VirtualHosts.ContainsKey(virtualHost))
        {
            return false;
        }

        return name is { Kind: DestinationKind.Exchange, Name.Length: 0 }
            || entities.RoutingTables.VirtualHost(virtualHost) != RouteStatus.Ready
            || entities.RoutingTables.Knows(virtualHost, name);
    }
}

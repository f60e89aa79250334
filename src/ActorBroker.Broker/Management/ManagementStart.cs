using ActorBroker.Broker.Alarms;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Management;

/// <summary>Starts what a node knows of itself and of the others.</summary>
internal static class ManagementStart
{
    private static readonly string[] Askers = [ListenerOptions.Http, ListenerOptions.Https, ListenerOptions.Prometheus];

    /// <summary>Somebody may ask: this node, or any other of several.</summary>
    public static bool IsWanted(BrokerOptions options) =>
        options.Cluster.IsOneOfSeveral || options.Telemetry is { Endpoint: not null, Metrics: true } || options.Listeners.Any(static listener => listener.Enabled && Askers.Contains(listener.Name));

    public static IManagementView Start(
        ActorSystem system, BrokerOptions options, TimeProvider clock, IResourceGauge gauge, BrokerEntities entities, NodePolicies policies)
    {
        var node = Cluster.Get(system).SelfAddress.HostPort();
        var sampler = new Sampler(entities.Statistics, clock);
        var nodeGauge = new NodeGauge(gauge, options, clock.GetUtcNow());
        var reader = new NodeReader(system, node, entities.Statistics, sampler, nodeGauge, clock);
        system.ActorOf(ManagementAgentActor.Props(sampler, nodeGauge, entities.Statistics.Connections, reader), ManagementAgentActor.Name);
        var meter = new NodeMeter(reader);
        system.RegisterOnTermination(meter.Dispose);
        return new ManagementView(system, reader, entities, policies);
    }
}

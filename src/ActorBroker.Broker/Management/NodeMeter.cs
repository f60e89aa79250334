using System.Diagnostics.Metrics;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Telemetry;

namespace ActorBroker.Broker.Management;

/// <summary>The node's figures for whoever listens to the meter ActorBroker: looked up when they are asked for, and only then.</summary>
internal sealed class NodeMeter : IDisposable
{
    private readonly Meter _meter;
    private readonly NodeReader _reader;

    public NodeMeter(NodeReader reader)
    {
        _reader = reader;
        _meter = new Meter(BrokerTraces.Name, version: null, [new KeyValuePair<string, object?>("node", reader.Node)]);
        Count("published", "publish", "Messages that clients have published.");
        Count("confirmed", "confirm", "Publishes that were confirmed.");
        Count("delivered", "deliver_get", "Messages delivered to consumers, or taken one by one.");
        Count("redelivered", "redeliver", "Of those, messages that had been delivered before.");
        Count("acknowledged", "ack", "Deliveries that were accepted.");
        Count("unroutable.returned", "return_unroutable", "Messages without a queue that went back.");
        Count("unroutable.dropped", "drop_unroutable", "Messages without a queue that were dropped.");
        Measure("messages.ready", "messages_ready", "{message}", "Messages that wait for a consumer.");
        Measure("messages.unacknowledged", "messages_unacknowledged", "{message}", "Messages that consumers hold.");
        Observe("connections", "{connection}", "Clients' connections.", static host => host.Connections);
        Observe("channels", "{channel}", "Their channels.", static host => host.Channels);
        Observe("consumers", "{consumer}", "Their consumers.", static host => host.Consumers);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Count(string name, string figure, string description) => _meter.CreateObservableCounter(
        $"actorbroker.messages.{name}", () => Of(host => Value(host.MessageStats, figure)), "{message}", description);

    private void Measure(string name, string figure, string unit, string description) =>
        Observe(name, unit, description, host => Value(host.Lengths, figure));

    private void Observe(string name, string unit, string description, Func<VirtualHostInfo, long> value) =>
        _meter.CreateObservableUpDownCounter($"actorbroker.{name}", () => Of(value), unit, description);

    private IEnumerable<Measurement<long>> Of(Func<VirtualHostInfo, long> value) => _reader
        .Answer(new AskNode(0, NodeQuestion.Totals)).VirtualHosts
        .Select(host => new Measurement<long>(value(host), new KeyValuePair<string, object?>("virtual_host", host.Name)));

    private static long Value(IReadOnlyList<Figure> figures, string name) => figures.FirstOrDefault(figure => figure.Name == name)?.Value ?? 0;
}

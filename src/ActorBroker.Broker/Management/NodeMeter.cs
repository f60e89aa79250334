using System.Diagnostics.Metrics;
using System.Globalization;
using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Telemetry;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;

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

        // There is no histogram that is looked up, and to record each message would cost each message: as Prometheus has it.
        Count("published.size.bucket", DistributionOf, "{message}", "Messages that clients have published, whose bodies have at most le bytes.");
        Count("published.size.sum", BytesOf, "By", "Bytes of the bodies of messages that clients have published.");
        Count("dead_lettered", DeadLetters, "{message}", "Messages that queues have given up; confirmed: of those, messages that have arrived.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Count(string name, string figure, string description) =>
        Count(name, () => Of(host => Value(host.MessageStats, figure)), "{message}", description);

    private void Count(string name, Func<IEnumerable<Measurement<long>>> values, string unit, string description) =>
        _meter.CreateObservableCounter($"actorbroker.messages.{name}", values, unit, description);

    private void Measure(string name, string figure, string unit, string description) =>
        Observe(name, unit, description, host => Value(host.Lengths, figure));

    private void Observe(string name, string unit, string description, Func<VirtualHostInfo, long> value) =>
        _meter.CreateObservableUpDownCounter($"actorbroker.{name}", () => Of(value), unit, description);

    private IEnumerable<Measurement<long>> Of(Func<VirtualHostInfo, long> value) => Totals().VirtualHosts
        .Select(host => new Measurement<long>(value(host), Tag("virtual_host", host.Name)));

    private IEnumerable<Measurement<long>> DistributionOf()
    {
        foreach (var protocol in Totals().Protocols)
        {
            var sum = 0L;
            for (var range = 0; range < MessageSizes.CountsLength; range++)
            {
                sum += protocol.Sizes.Counts[range];
                var bound = range < MessageSizes.Bounds.Length ? MessageSizes.Bounds[range].ToString(CultureInfo.InvariantCulture) : "+Inf";
                yield return new Measurement<long>(sum, Tag("protocol", protocol.Protocol), Tag("le", bound));
            }
        }
    }

    private IEnumerable<Measurement<long>> BytesOf() => Totals().Protocols
        .Select(static protocol => new Measurement<long>(protocol.Sizes.SumBytes, Tag("protocol", protocol.Protocol)));

    private IEnumerable<Measurement<long>> DeadLetters() =>
        from type in Totals().QueueTypes
        from figure in type.DeadLetters
        select new Measurement<long>(
            figure.Count, Tag("queue_type", type.Type.Word()), Tag("dead_letter_strategy", figure.Strategy), Tag("reason", figure.Reason));

    private NodeReport Totals() => _reader.Answer(new AskNode(0, NodeQuestion.Totals));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static long Value(IReadOnlyList<Figure> figures, string name) => figures.FirstOrDefault(figure => figure.Name == name)?.Value ?? 0;
}

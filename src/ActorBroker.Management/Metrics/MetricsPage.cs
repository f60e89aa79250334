using System.Buffers;
using System.Reflection;
using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Metrics;

/// <summary>The three pages of RabbitMQ's metrics, of this node alone: whoever scrapes asks each.</summary>
/// <param name="view">What there is.</param>
/// <param name="output">Takes the page.</param>
/// <param name="flush">Has what was written leave: of many objects one metric is long enough.</param>
internal sealed class MetricsPage(IManagementView view, IBufferWriter<byte> output, Func<Task> flush)
{
    private const string Prefix = "rabbitmq_";
    private const string DetailedPrefix = "rabbitmq_detailed_";
    private const string ClusterPrefix = "rabbitmq_cluster_";
    private const string RuntimePrefix = "actorbroker_";

    private static readonly string Version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(fieldCount: 3) ?? "0";

    private readonly NodeReport _totals = view.AskNode(new AskNode(0, NodeQuestion.Totals));

    /// <summary>/metrics and /metrics/per-object.</summary>
    public async Task WriteAsync(bool perObject)
    {
        var text = new MetricsText(output, Prefix);
        NodeMetrics.WriteIdentity(text, _totals, Version);
        NodeMetrics.WriteChurn(text, _totals);
        NodeMetrics.WriteTotals(text, _totals);
        NodeMetrics.WriteResources(text, _totals);
        NodeMetrics.WriteLogins(text, _totals, perSource: perObject);
        GlobalMetrics.Write(text, _totals);
        NodeMetrics.WriteRuntime(new MetricsText(output, RuntimePrefix), _totals);
        await flush().ConfigureAwait(false);
        await WriteAsync(text, QueueMetrics.All, Queues(), perObject ? QueueMetrics.LabelsOf : null).ConfigureAwait(false);
        await WriteAsync(text, ChannelMetrics.All, Channels(), perObject ? ChannelMetrics.LabelsOf : null).ConfigureAwait(false);
        await WriteAsync(text, ConnectionMetrics.All, Connections(), perObject ? ConnectionMetrics.LabelsOf : null).ConfigureAwait(false);
        await WriteAsync(text, ConnectionMetrics.Exchanges, _totals.Exchanges, perObject ? ConnectionMetrics.LabelsOf : null).ConfigureAwait(false);
        var pairs = perObject ? Pairs() : [];
        foreach (var (metrics, isOne, labelsOf) in PairMetrics.All)
        {
            await WriteAsync(text, metrics, [.. pairs.Where(isOne)], perObject ? labelsOf : null).ConfigureAwait(false);
        }
    }

    /// <summary>/metrics/detailed: some families, each object by itself; in some virtual hosts.</summary>
    public async Task WriteDetailedAsync(IReadOnlySet<string> families, IReadOnlySet<string> virtualHosts)
    {
        var text = new MetricsText(output, DetailedPrefix);
        bool IsWanted(string virtualHost) => virtualHosts.Count == 0 || virtualHosts.Contains(virtualHost);
        NodeMetrics.WriteIdentity(text, _totals, Version);
        if (families.Contains("connection_churn_metrics"))
        {
            NodeMetrics.WriteChurn(text, _totals);
        }

        if (families.Contains("node_coarse_metrics") || families.Contains("node_metrics"))
        {
            NodeMetrics.WriteResources(text, _totals);
        }

        if (families.Contains("auth_attempt_metrics"))
        {
            NodeMetrics.WriteLogins(text, _totals, perSource: false);
        }

        if (families.Contains("auth_attempt_detailed_metrics"))
        {
            NodeMetrics.WriteLoginsBySource(text, _totals);
        }

        if (families.Contains("node_memory"))
        {
            NodeMetrics.WriteMemory(text, _totals);
        }

        await WriteAsync(text, QueueMetrics.All, families, Queues, queue => IsWanted(queue.VirtualHost), QueueMetrics.LabelsOf).ConfigureAwait(false);
        await WriteAsync(text, ChannelMetrics.All, families, Channels, one => IsWanted(one.VirtualHost), ChannelMetrics.LabelsOf).ConfigureAwait(false);
        await WriteAsync(text, ConnectionMetrics.All, families, Connections, one => IsWanted(one.VirtualHost), ConnectionMetrics.LabelsOf)
            .ConfigureAwait(false);
        await WriteAsync(
            text, ConnectionMetrics.Exchanges, families, () => _totals.Exchanges, one => IsWanted(one.Exchange.VirtualHost), ConnectionMetrics.LabelsOf)
            .ConfigureAwait(false);
        foreach (var (metrics, isOne, labelsOf) in PairMetrics.All)
        {
            await WriteAsync(text, metrics, families, Pairs, one => isOne(one) && IsWanted(one.VirtualHost), labelsOf).ConfigureAwait(false);
        }

        await new ClusterMetrics(view, IsWanted).WriteAsync(new MetricsText(output, ClusterPrefix), families).ConfigureAwait(false);
    }

    /// <summary>/metrics/memory-breakdown.</summary>
    public Task WriteMemoryAsync()
    {
        var text = new MetricsText(output, Prefix);
        NodeMetrics.WriteIdentity(text, _totals, Version);
        NodeMetrics.WriteMemory(text, _totals);
        return flush();
    }

    private async Task WriteAsync<T>(
        MetricsText text, IReadOnlyList<ObjectMetric<T>> metrics, IReadOnlySet<string> families, Func<IReadOnlyList<T>> objects, Func<T, bool> isWanted,
        Func<T, string> labelsOf)
    {
        List<ObjectMetric<T>> wanted = [.. metrics.Where(metric => families.Contains(metric.Family))];
        if (wanted.Count > 0)
        {
            await WriteAsync(text, wanted, [.. objects().Where(isWanted)], labelsOf).ConfigureAwait(false);
        }
    }

    // Without labels, one sample for all objects.
    private async Task WriteAsync<T>(
        MetricsText text, IReadOnlyList<ObjectMetric<T>> metrics, IReadOnlyList<T> objects, Func<T, string>? labelsOf)
    {
        List<string> labels = labelsOf is null ? [] : [.. objects.Select(labelsOf)];
        foreach (var metric in metrics)
        {
            if (labelsOf is null)
            {
                metric.WriteSum(text, _totals, objects);
            }
            else
            {
                metric.WriteEach(text, objects, labels);
            }

            await flush().ConfigureAwait(false);
        }
    }

    private IReadOnlyList<PairInfo> Pairs() => view.AskNode(new AskNode(0, NodeQuestion.Pairs)).Pairs;

    private IReadOnlyList<QueueInfo> Queues() => view.AskNode(new AskNode(0, NodeQuestion.Queues)).Queues;

    private IReadOnlyList<ChannelInfo> Channels() => view.AskNode(new AskNode(0, NodeQuestion.Channels)).Channels;

    private IReadOnlyList<ConnectionInfo> Connections() => view.AskNode(new AskNode(0, NodeQuestion.Connections)).Connections;
}

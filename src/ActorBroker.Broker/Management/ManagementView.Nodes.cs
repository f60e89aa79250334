using ActorBroker.Broker.Alarms;
using ActorBroker.Contracts.Alarms;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Names;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Broker.Management;

/// <content>All nodes are asked at the same time, this one without a message.</content>
internal sealed partial class ManagementView
{
    private readonly Cluster _cluster = Cluster.Get(system);

    private IEnumerable<Address> OtherNodes() => _cluster.State.Members
        .Where(static member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.WeaklyUp)
        .Select(static member => member.Address)
        .Where(address => address != _cluster.SelfAddress);

    // This node's report comes first.
    private async Task<IReadOnlyList<NodeReport>> AskAllAsync(AskNode ask, CancellationToken cancellation)
    {
        var others = OtherNodes().Select(node => AskAsync(node, ask, cancellation)).ToList();
        var reports = new List<NodeReport> { reader.Answer(ask) };
        foreach (var other in others)
        {
            if (await other.ConfigureAwait(false) is { } report)
            {
                reports.Add(report);
            }
        }

        return reports;
    }

    private async Task<NodeReport?> AskAsync(Address node, AskNode ask, CancellationToken cancellation)
    {
        try
        {
            var agent = system.ActorSelection(new RootActorPath(node) / "user" / ManagementAgentActor.Name);
            var answered = await agent.Ask<NodeAnswered>(ask, NodeLimit, cancellation).ConfigureAwait(false);
            return ManagementJson.Read(answered.Report.Span);
        }
        catch (Exception failure) when (failure is AskTimeoutException or InvalidDataException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> ForgetAsync(string? node, NodeQuestion what, CancellationToken cancellation)
    {
        var ask = new AskNode(0, what);
        if (node is null)
        {
            return (await AskAllAsync(ask, cancellation).ConfigureAwait(false)).Count > 0;
        }

        if (node == Node)
        {
            reader.Answer(ask);
            return true;
        }

        return OtherNodes().FirstOrDefault(other => other.HostPort() == node) is { } address
            && await AskAsync(address, ask, cancellation).ConfigureAwait(false) is not null;
    }

    /// <inheritdoc/>
    public async Task<bool> SetLimitsAsync(string node, SetResourceLimits limits, CancellationToken cancellation)
    {
        var address = node == Node ? _cluster.SelfAddress : OtherNodes().FirstOrDefault(other => other.HostPort() == node);
        if (address is null)
        {
            return false;
        }

        var monitor = system.ActorSelection(new RootActorPath(address) / "user" / ResourceMonitorActor.Name);
        await monitor.Ask<ResourceLimitsSet>(limits, AnswerLimit, cancellation).ConfigureAwait(false);
        return true;
    }

    // A queue that sleeps on one node may have woken on another since.
    private async Task<IReadOnlyDictionary<QueueKey, QueueInfo>> KnownQueuesAsync(AskNode ask, CancellationToken cancellation)
    {
        var known = new Dictionary<QueueKey, QueueInfo>();
        foreach (var queue in (await AskAllAsync(ask, cancellation).ConfigureAwait(false)).SelectMany(static report => report.Queues))
        {
            var key = new QueueKey(queue.VirtualHost, queue.Name);
            if (!known.TryAdd(key, queue) && queue.Condition == QueueCondition.Running)
            {
                known[key] = queue;
            }
        }

        return known;
    }

    private async Task<ILookup<ExchangeKey, IReadOnlyList<Figure>>> FiguresAsync(AskNode ask, CancellationToken cancellation) =>
        (await AskAllAsync(ask, cancellation).ConfigureAwait(false)).SelectMany(static report => report.Exchanges)
        .ToLookup(static exchange => exchange.Exchange, static exchange => exchange.MessageStats);
}

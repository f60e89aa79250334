using ActorBroker.Contracts.Alarms;
using ActorBroker.Contracts.Statistics;
using Akka.Actor;

namespace ActorBroker.Contracts.Management;

/// <summary>
/// What there is on all nodes, and how it does: for people and their tools, on no message's way. A question waits for the
/// other nodes for a few seconds at most; what one that does not answer alone knows is left out of lists.
/// No rights are checked here. A virtual host that is null stands for all of them. For any thread.
/// </summary>
public interface IManagementView
{
    /// <summary>The name of the node that answers.</summary>
    string Node { get; }

    /// <summary>Where this node's logins are counted.</summary>
    LoginCounters Logins { get; }

    /// <summary>Has a node forget something.</summary>
    /// <param name="node">Its name; null for all nodes.</param>
    /// <param name="what"><see cref="NodeQuestion.ForgetLogins"/> or <see cref="NodeQuestion.ForgetSamples"/>.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    /// <returns>False when there is no such node, or it does not answer.</returns>
    Task<bool> ForgetAsync(string? node, NodeQuestion what, CancellationToken cancellation);

    /// <summary>Sets limits of a node's machine, in force with the answer, until that node starts again.</summary>
    /// <param name="node">Its name.</param>
    /// <param name="limits">What to set, and by whom.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    /// <returns>False when there is no such node.</returns>
    /// <exception cref="AskTimeoutException">The node does not answer.</exception>
    Task<bool> SetLimitsAsync(string node, SetResourceLimits limits, CancellationToken cancellation);

    /// <summary>
    /// Somebody will ask: what is on this node is entered, counted and looked at from time to time from now on, if it is not
    /// already. Before, lists lack what only it knows.
    /// </summary>
    /// <returns>Done when all that is there has entered, or after two seconds.</returns>
    Task BeginAsync();

    /// <summary>What this node alone knows, at once.</summary>
    NodeReport AskNode(AskNode ask);

    /// <summary>All nodes together.</summary>
    /// <param name="virtualHosts">Only what is in these; null for all. Listeners and nodes are always told.</param>
    /// <param name="samples">The history that is wanted; null for none.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    Task<OverviewInfo> OverviewAsync(IReadOnlyCollection<string>? virtualHosts, SampleRange? samples, CancellationToken cancellation);

    /// <summary>The virtual hosts that there are.</summary>
    Task<IReadOnlyList<VirtualHostInfo>> ListVirtualHostsAsync(CancellationToken cancellation);

    /// <summary>Queues. Those that are in no node's memory and were never are woken to be asked.</summary>
    Task<IReadOnlyList<QueueInfo>> ListQueuesAsync(string? virtualHost, CancellationToken cancellation);

    /// <summary>One queue, with what only it knows itself; null when there is none.</summary>
    Task<QueueInfo?> QueueAsync(string virtualHost, string name, SampleRange? samples, CancellationToken cancellation);

    /// <summary>Exchanges.</summary>
    Task<IReadOnlyList<ExchangeInfo>> ListExchangesAsync(string? virtualHost, CancellationToken cancellation);

    /// <summary>One exchange; null when there is none.</summary>
    Task<ExchangeInfo?> ExchangeAsync(string virtualHost, string name, SampleRange? samples, CancellationToken cancellation);

    /// <summary>Bindings.</summary>
    Task<IReadOnlyList<BindingInfo>> ListBindingsAsync(string? virtualHost, CancellationToken cancellation);

    /// <summary>The bindings of one exchange; null when there is no such exchange.</summary>
    Task<IReadOnlyList<BindingInfo>?> BindingsOfExchangeAsync(string virtualHost, string source, CancellationToken cancellation);

    /// <summary>Connections.</summary>
    Task<IReadOnlyList<ConnectionInfo>> ListConnectionsAsync(string? virtualHost, CancellationToken cancellation);

    /// <summary>One connection; null when there is none.</summary>
    Task<ConnectionInfo?> ConnectionAsync(string name, SampleRange? samples, CancellationToken cancellation);

    /// <summary>Channels.</summary>
    Task<IReadOnlyList<ChannelInfo>> ListChannelsAsync(string? virtualHost, CancellationToken cancellation);

    /// <summary>One channel, by the name that <see cref="ChannelInfo.Name"/> gives it; null when there is none.</summary>
    Task<ChannelInfo?> ChannelAsync(string name, SampleRange? samples, CancellationToken cancellation);

    /// <summary>Consumers.</summary>
    Task<IReadOnlyList<ConsumerInfo>> ListConsumersAsync(string? virtualHost, CancellationToken cancellation);

    /// <summary>What a queue, an exchange or a channel has to do with others.</summary>
    /// <param name="of"><see cref="NodeQuestion.PairsOfQueue"/>, <see cref="NodeQuestion.PairsOfExchange"/> or <see cref="NodeQuestion.PairsOfChannel"/>.</param>
    /// <param name="virtualHost">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="samples">The history that is wanted; null for none.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    Task<IReadOnlyList<PairInfo>> ListPairsAsync(
        NodeQuestion of, string virtualHost, string name, SampleRange? samples, CancellationToken cancellation);

    /// <summary>Nodes, those that are members and do not answer included.</summary>
    Task<IReadOnlyList<NodeInfo>> ListNodesAsync(CancellationToken cancellation);

    /// <summary>Ends a connection: its client is told why.</summary>
    /// <param name="name">As it is listed.</param>
    /// <param name="reason">For the client and the log.</param>
    /// <param name="cancellation">Nobody waits any more.</param>
    /// <returns>False when there is no such connection.</returns>
    Task<bool> CloseConnectionAsync(string name, string reason, CancellationToken cancellation);
}

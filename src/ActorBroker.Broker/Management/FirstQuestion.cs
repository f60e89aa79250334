using ActorBroker.Broker.Policies;
using ActorBroker.Contracts.Statistics;
using Akka.Actor;

namespace ActorBroker.Broker.Management;

/// <summary>Has a node keep its statistics from the first question on: until then they take neither memory nor time.</summary>
/// <param name="system">The node.</param>
/// <param name="statistics">What is kept.</param>
/// <param name="policies">Knows the node's queues.</param>
/// <param name="agent">Looks at what is counted.</param>
internal sealed class FirstQuestion(ActorSystem system, NodeStatistics statistics, NodePolicies policies, IActorRef agent)
{
    // A queue that waits for its journal does not hold up the answer.
    private static readonly TimeSpan EntryLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task? _begun;

    /// <summary>The first call has all enter; done when they have, or when that takes too long.</summary>
    public Task AskedAsync()
    {
        lock (_lock)
        {
            return _begun ??= statistics.IsKept ? Task.CompletedTask : BeginAsync();
        }
    }

    private async Task BeginAsync()
    {
        statistics.Keep();
        var wanted = new FiguresWanted();
        wanted.TellTo(agent);
        wanted.PublishTo(system.EventStream);
        foreach (var queue in policies.Followers)
        {
            wanted.TellTo(queue);
        }

        wanted.Entered();
        await Task.WhenAny(wanted.All, Task.Delay(EntryLimit)).ConfigureAwait(false);
    }
}

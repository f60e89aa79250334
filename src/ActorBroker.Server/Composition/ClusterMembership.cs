using ActorBroker.Broker.Clustering;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Cluster;
using Serilog;

namespace ActorBroker.Server.Composition;

/// <summary>
/// How a node becomes a member of its cluster, and again after it was removed. A node that may begin a cluster does so when
/// no other one lets it in and the database knows of no member; any other waits until it is let in.
/// </summary>
/// <param name="options">Which nodes it asks, and whether it may begin a cluster.</param>
/// <param name="claim">What the database knows.</param>
/// <param name="terms">What it must have as the others have it.</param>
internal sealed class ClusterMembership(ClusterOptions options, IClusterClaim claim, ClusterTerms terms)
{
    // For nodes that are there to answer before a cluster is begun beside them, should the database have lost its sessions.
    private static readonly TimeSpan AskFirst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellAfter = TimeSpan.FromSeconds(10);

    // Gossip takes about a second; where it takes longer, a node is of use all the same.
    private static readonly TimeSpan SeenLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private IReadOnlyList<NodeAddress> _lastMembers = [];

    /// <summary>What the database knows of the members of all clusters.</summary>
    public IClusterClaim Claim => claim;

    /// <summary>Becomes a member, and has the database and the other members know. Ends early, without one, when the system ends.</summary>
    /// <exception cref="StartupException">
    /// It may begin a cluster, but the database has one, and no node to ask is named; or the cluster that has let it in, or
    /// nodes that are about to begin one with it, have another database or another number of shards.
    /// </exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async Task JoinAsync(ActorSystem system, CancellationToken stop)
    {
        var cluster = Cluster.Get(system);
        var self = cluster.SelfAddress;
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(() => up.TrySetResult());
        var decided = Task.WhenAny(up.Task, system.WhenTerminated);
        var others = options.Seeds.Concat(options.Join).Concat(_lastMembers)
            .Select(node => self.WithHost(node.Host).WithPort(node.Port)).Where(node => node != self).Distinct().ToArray();
        var mayBegin = MayBegin(self);
        var asker = system.ActorOf(TermsActor.Props(terms, mayBegin ? others : []), TermsActor.Name);
        if (others.Length > 0)
        {
            cluster.JoinSeedNodes(others);
        }

        if (mayBegin)
        {
            await BeginUnlessDecidedAsync(cluster, others, asker, decided, stop).ConfigureAwait(false);
        }

        while (!await IsDecidedAsync(decided, TellAfter, stop).ConfigureAwait(false))
        {
            Log.Warning("Waiting to be let into the cluster by {Nodes}", string.Join(", ", others.Select(static node => node.HostPort())));
        }

        if (up.Task.IsCompleted)
        {
            await CheckTermsAsync(cluster, stop).ConfigureAwait(false);
            await claim.HoldAsync(stop).ConfigureAwait(false);
            await SeenAsync(cluster, stop).ConfigureAwait(false);
        }
    }

    /// <summary>The node is a member no more; what it last knew of the others helps it to find them again.</summary>
    public async Task LeaveAsync(ActorSystem system)
    {
        _lastMembers = [.. Cluster.Get(system).State.Members
            .Select(static member => member.Address)
            .Where(static address => address is { Host: not null, Port: > 0 })
            .Select(static address => new NodeAddress(address.Host!, address.Port!.Value))];
        await claim.ReleaseAsync().ConfigureAwait(false);
    }

    // All others have compared themselves with whoever was the oldest when they came.
    private async Task CheckTermsAsync(Cluster cluster, CancellationToken stop)
    {
        // What the cluster shows of itself comes a moment after the news of being a member.
        while (cluster.SelfMember.Status != MemberStatus.Up)
        {
            if (cluster.IsTerminated)
            {
                return;
            }

            await Task.Delay(Glance, stop).ConfigureAwait(false);
        }

        var self = cluster.SelfMember;
        var oldest = cluster.State.Members.Where(member => member.Status == MemberStatus.Up && member.IsOlderThan(self))
            .Aggregate(self, static (oldest, member) => member.IsOlderThan(oldest) ? member : oldest);
        if (terms.DifferenceFrom(oldest) is { } difference)
        {
            throw new StartupException(difference);
        }
    }

    // Whoever is told that this node serves may ask another one next, which should say so too.
    private static async Task SeenAsync(Cluster cluster, CancellationToken stop)
    {
        var deadline = cluster.System.Scheduler.MonotonicClock + SeenLimit;
        while (!cluster.IsTerminated && cluster.System.Scheduler.MonotonicClock < deadline)
        {
            var state = cluster.State;
            if (state.Members.Except(state.Unreachable).All(member => member.Status != MemberStatus.Up || state.SeenBy.Contains(member.Address)))
            {
                return;
            }

            await Task.Delay(Glance, stop).ConfigureAwait(false);
        }
    }

    private bool MayBegin(Address self) =>
        options is { IsStore: true, Join.Count: 0 }
        && (options.Seeds.Count == 0 || options.Seeds.Any(seed => self == self.WithHost(seed.Host).WithPort(seed.Port)));

    private async Task BeginUnlessDecidedAsync(Cluster cluster, Address[] others, IActorRef asker, Task decided, CancellationToken stop)
    {
        if (others.Length > 0 && await IsDecidedAsync(decided, AskFirst, stop).ConfigureAwait(false))
        {
            return;
        }

        do
        {
            var answer = await asker.Ask<TermsActor.BeginAnswer>(new TermsActor.MayBegin(), TellAfter, stop).ConfigureAwait(false);
            if (answer.Refusal is { } difference)
            {
                throw new StartupException(difference);
            }

            try
            {
                if (await claim.TryBeginAsync(stop).ConfigureAwait(false))
                {
                    cluster.Join(cluster.SelfAddress);
                    return;
                }

                if (others.Length == 0)
                {
                    throw new StartupException(
                        $"the database belongs to a cluster already, of {await claim.DescribeHoldersAsync(stop).ConfigureAwait(false)}: name one of its nodes with --join");
                }
            }
            catch (ClusterClaimException failure)
            {
                Log.Warning("{Reason}", failure.Message);
            }
        }
        while (!await IsDecidedAsync(decided, AskAgain, stop).ConfigureAwait(false));
    }

    private static async Task<bool> IsDecidedAsync(Task decided, TimeSpan limit, CancellationToken stop)
    {
        await Task.WhenAny(decided, Task.Delay(limit, stop)).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return decided.IsCompleted;
    }
}

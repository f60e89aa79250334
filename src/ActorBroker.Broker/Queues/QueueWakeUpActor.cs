using System.Globalization;
using ActorBroker.Broker.Policies;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Clustering;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <summary>
/// Wakes the durable queues of all virtual hosts after a start: what is due in one happens, and one that was being
/// declared or deleted when the broker ended finds out and is cleaned up. From then on wakes those that have left memory
/// when something is due in them, or policies change. A queue that a client needs sooner wakes by itself. One a node with
/// the role store, at <c>/user/queue-wake-up</c>: of several nodes the oldest wakes all queues, when it starts, and when a
/// node has gone with what it knew of those out of memory.
/// <para>
/// So many recover at once, not so many a second: where the journal is slow or busy with clients, this waits.
/// </para>
/// </summary>
public sealed class QueueWakeUpActor : UntypedActor, IWithTimers
{
    /// <summary>Its name below <c>/user</c>.</summary>
    public const string Name = "queue-wake-up";

    /// <summary>
    /// Queues that recover at once. Each has up to <c>replay-batch-size</c> journal events in memory, and clients' own
    /// recoveries must find some of <c>max-concurrent-recoveries</c> free.
    /// </summary>
    internal const int UnderWayMax = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    // Of one that has not answered by then; the next one may begin.
    private const int TicksMax = 60;

    private readonly IActorRef _access;
    private readonly IActorRef _catalogues;
    private readonly IActorRef _queues;
    private readonly NodePolicies _policies;
    private readonly SleepingQueues _sleeping;
    private readonly TimeProvider _clock;
    private readonly Func<bool> _isForAll;
    private readonly Queue<QueueKey> _waiting = new();

    // The value: ticks since it was told.
    private readonly Dictionary<QueueKey, int> _underWay = [];

    // Virtual hosts whose names are asked for.
    private readonly Dictionary<string, Listing> _asked = new(StringComparer.Ordinal);
    private bool _knowsVirtualHosts;
    private int _requests;

    /// <summary>Use <see cref="Props"/>.</summary>
    public QueueWakeUpActor(
        IActorRef access, IActorRef catalogues, IActorRef queues, NodePolicies policies, SleepingQueues sleeping, TimeProvider clock, Func<bool> isForAll)
    {
        _access = access;
        _catalogues = catalogues;
        _queues = queues;
        _policies = policies;
        _sleeping = sleeping;
        _clock = clock;
        _isForAll = isForAll;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Wakes the queues of a node, through the regions given.</summary>
    /// <param name="access">Knows the virtual hosts.</param>
    /// <param name="catalogues">Know the names of queues.</param>
    /// <param name="queues">Are woken.</param>
    /// <param name="policies">Of the node.</param>
    /// <param name="sleeping">Those that have left memory.</param>
    /// <param name="clock">The queues'.</param>
    /// <param name="isForAll">Whether it is this node, of all, that wakes the queues of all.</param>
    public static Props Props(
        IActorRef access, IActorRef catalogues, IActorRef queues, NodePolicies policies, SleepingQueues sleeping, TimeProvider clock,
        Func<bool> isForAll) =>
        Akka.Actor.Props.Create(() => new QueueWakeUpActor(access, catalogues, queues, policies, sleeping, clock, isForAll));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _policies.FollowAll(Self);
        Context.System.EventStream.Subscribe(Self, typeof(NodeRemoved));
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, Interval);
        if (_isForAll())
        {
            Ask();
        }
        else
        {
            _knowsVirtualHosts = true;
        }
    }

    /// <inheritdoc/>
    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case VirtualHostsListed listed when !_knowsVirtualHosts:
                _knowsVirtualHosts = true;
                foreach (var virtualHost in listed.VirtualHosts)
                {
                    AskFor(virtualHost);
                }

                break;
            case NamesListed listed when _asked.TryGetValue(listed.VirtualHost, out var listing) && listed.RequestId == listing.RequestId:
                OnListed(listed, listing);
                break;
            case QueueWoken woken:
                _underWay.Remove(woken.Queue);
                _sleeping.Forget(woken.Queue, Soon);
                WakeSome();
                break;
            case NodeRemoved when _isForAll():
                _knowsVirtualHosts = false;
                Ask();
                break;
            case PoliciesReplaced replaced when _isForAll():
                AskFor(replaced.VirtualHost);
                AskLater();
                break;
            case AskAgain:
                Ask();
                break;
            case Tick:
                GiveUpSome();
                AddDue();
                WakeSome();
                break;
        }
    }

    private long Soon => (_clock.GetUtcNow() + (2 * Interval)).ToUnixTimeMilliseconds();

    private void Ask()
    {
        if (!_knowsVirtualHosts)
        {
            _access.Tell(new ListVirtualHosts(0));
        }

        foreach (var virtualHost in _asked.Keys.ToArray())
        {
            AskFor(virtualHost);
        }

        AskLater();
    }

    private void AskLater()
    {
        if (!_knowsVirtualHosts || _asked.Count > 0)
        {
            Timers.StartSingleTimer(AskAgain.Instance, AskAgain.Instance, AskAgainAfter);
        }
    }

    // A little early: when it is due, the queue has its own timer. One that waits already is woken twice, which does no harm.
    private void AddDue()
    {
        if (_waiting.Count == 0)
        {
            foreach (var queue in _sleeping.Due(Soon))
            {
                _waiting.Enqueue(queue);
            }
        }
    }

    private void AskFor(string virtualHost)
    {
        var request = (++_requests).ToString(CultureInfo.InvariantCulture);
        _asked[virtualHost] = new Listing(request, []);
        _catalogues.Tell(new ListNames(virtualHost, request));
    }

    // All names, or none: those of an answer that breaks off are asked for again.
    private void OnListed(NamesListed listed, Listing listing)
    {
        listing.Queues.AddRange(listed.Names
            .Where(static name => name is { Kind: DestinationKind.Queue, Durable: true })
            .Select(name => new QueueKey(listed.VirtualHost, name.Name)));
        if (listed.IsLast)
        {
            _asked.Remove(listed.VirtualHost);
            listing.Queues.ForEach(_waiting.Enqueue);
            WakeSome();
        }
    }

    private void WakeSome()
    {
        while (_underWay.Count < UnderWayMax && _waiting.TryDequeue(out var queue))
        {
            if (_underWay.TryAdd(queue, 0))
            {
                _queues.Tell(new WakeQueue(queue));
            }
        }
    }

    private void GiveUpSome()
    {
        foreach (var (queue, ticks) in _underWay.ToArray())
        {
            if (ticks == TicksMax)
            {
                _underWay.Remove(queue);
            }
            else
            {
                _underWay[queue] = ticks + 1;
            }
        }
    }

    private sealed record Listing(string RequestId, List<QueueKey> Queues);

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record AskAgain : INoSerializationVerificationNeeded
    {
        public static AskAgain Instance { get; } = new();
    }
}

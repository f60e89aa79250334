using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <summary>
/// Wakes the durable queues of a virtual host after a start, a few at a time, so that neither the journal nor clients
/// suffer; a queue that a client needs sooner wakes by itself. One that was being declared or deleted when the broker
/// ended finds out here, and is cleaned up. Stops when it is through.
/// </summary>
public sealed class QueueWakeUpActor : UntypedActor, IWithTimers
{
    private const string Request = "wake-up";
    private const int QueuesATime = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private readonly string _virtualHost;
    private readonly IActorRef _catalogues;
    private readonly IActorRef _queues;
    private readonly Queue<string> _names = new();
    private bool _isListed;

    /// <summary>Use <see cref="Props"/>.</summary>
    public QueueWakeUpActor(string virtualHost, IActorRef catalogues, IActorRef queues)
    {
        _virtualHost = virtualHost;
        _catalogues = catalogues;
        _queues = queues;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Wakes the queues of a virtual host, through the regions given.</summary>
    public static Props Props(string virtualHost, IActorRef catalogues, IActorRef queues) =>
        Akka.Actor.Props.Create(() => new QueueWakeUpActor(virtualHost, catalogues, queues));

    /// <inheritdoc/>
    protected override void PreStart() => Ask();

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case NamesListed listed:
                OnListed(listed);
                break;
            case Tick when !_isListed:
                Ask();
                break;
            case Tick:
                WakeSome();
                break;
        }
    }

    private void Ask()
    {
        _names.Clear();
        _catalogues.Tell(new ListNames(_virtualHost, Request));
        Timers.StartSingleTimer(Tick.Instance, Tick.Instance, AskAgainAfter);
    }

    private void OnListed(NamesListed listed)
    {
        foreach (var name in listed.Names)
        {
            if (name is { Kind: DestinationKind.Queue, Durable: true })
            {
                _names.Enqueue(name.Name);
            }
        }

        if (listed.IsLast)
        {
            _isListed = true;
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.Zero, Interval);
        }
    }

    private void WakeSome()
    {
        for (var i = 0; i < QueuesATime && _names.TryDequeue(out var name); i++)
        {
            _queues.Tell(new WakeQueue(new QueueKey(_virtualHost, name)));
        }

        if (_names.Count == 0)
        {
            Context.Stop(Self);
        }
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}

using ActorBroker.Testing.History;
namespace ActorBroker.Interop.Tests.Durability.History;

/// <summary>Writes histories by hand, for the tests of the checker: each step happens 10 ms after the one before.</summary>
internal sealed class HistoryBuilder
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly List<HistoryEvent> _events = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private int _consumer = 1;

    public static HistoryContract Contract { get; } = new(
        [
            new QueueContract("q"),
            new QueueContract("short") { TimeToLive = TimeSpan.FromSeconds(1) },
            new QueueContract("dying") { TimeToLive = TimeSpan.FromSeconds(1), DeadLettersTo = "dead" },
            new QueueContract("dead") { KeepsOrder = false },
            new QueueContract("stream") { IsStream = true },
        ],
        Moment: TimeSpan.FromSeconds(1));

    /// <summary>Whether the broker has several nodes.</summary>
    public bool QueuesMove { get; init; }

    public static MessageId Id(int sequence, int publisher = 0) => new(publisher, 1, sequence);

    public HistoryBuilder Wait(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public HistoryBuilder Send(int sequence, string queue = "q", int publisher = 0, double heldBack = 0) =>
        Add(new HistoryEvent.Sent(_now, Id(sequence, publisher), queue, TimeSpan.FromSeconds(heldBack)));

    public HistoryBuilder Confirm(int sequence, string queue = "q", int publisher = 0) =>
        Send(sequence, queue, publisher).Add(new HistoryEvent.Confirmed(_now, Id(sequence, publisher)));

    public HistoryBuilder Deliver(
        int sequence, string queue = "q", bool redelivered = false, bool repeated = false, long? offset = null, int publisher = 0) =>
        Add(new HistoryEvent.Delivered(_now, Id(sequence, publisher), queue, _consumer, redelivered, repeated, offset));

    public HistoryBuilder Settle(int sequence, string queue = "q", Settlement settlement = Settlement.Acknowledged) =>
        Add(new HistoryEvent.Settled(_now, Id(sequence), queue, _consumer, settlement));

    public HistoryBuilder Consume(string queue = "q") => Add(new HistoryEvent.ConsumerStarted(_now, queue, ++_consumer));

    public HistoryBuilder Purge(Outcome outcome = Outcome.Done) => Add(new HistoryEvent.Purged(_now, _now - Step, "q", outcome));

    public HistoryBuilder Change(TopologyItem item, string? definition, Outcome outcome = Outcome.Done) =>
        Add(new HistoryEvent.TopologyChanged(_now, item, definition, outcome));

    public HistoryBuilder See(TopologyItem item, string? definition) => Add(new HistoryEvent.TopologySeen(_now, item, definition));

    /// <summary>Kills the broker; what follows is of its next run, with a new consumer.</summary>
    public HistoryBuilder Kill()
    {
        _consumer++;
        return Add(new HistoryEvent.BrokerKilled(_now));
    }

    public HistoryBuilder LoseConsumer(string queue = "q") => Add(new HistoryEvent.ConsumerLost(_now, queue, _consumer));

    /// <summary>Something befell one of several nodes that long ago, and is over.</summary>
    public HistoryBuilder Disturb(double secondsAgo = 0, bool servedTwice = false)
    {
        var began = _now - TimeSpan.FromSeconds(secondsAgo);
        return Add(new HistoryEvent.Disturbed(_now, began, servedTwice ? _now : began));
    }

    public IEnumerable<ViolationKind> Check() => HistoryChecker.Check(_events, Contract with { QueuesMove = QueuesMove }).Select(violation => violation.Kind);

    public int CountOwed() => HistoryChecker.CountOwed(_events, Contract);

    private HistoryBuilder Add(HistoryEvent happened)
    {
        _events.Add(happened);
        _now += Step;
        return this;
    }
}

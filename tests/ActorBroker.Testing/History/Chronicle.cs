using ActorBroker.Testing.Clients;

namespace ActorBroker.Testing.History;

/// <summary>A history, sorted by what the rules ask about.</summary>
public sealed class Chronicle
{
    private readonly Dictionary<MessageId, MessageStory> _stories = [];
    private readonly List<DateTimeOffset> _kills = [];
    private readonly List<Removal> _removals = [];
    private readonly Dictionary<string, List<int>> _consumers = [];
    private readonly HashSet<(string Queue, int Run)> _consumed = [];
    private readonly List<Violation> _unknownMessages = [];
    private readonly List<HistoryEvent.Disturbed> _disturbances = [];
    private readonly Dictionary<int, DateTimeOffset> _lost = [];

    public Chronicle(IReadOnlyList<HistoryEvent> history)
    {
        Events = history;
        foreach (var happened in history)
        {
            Take(happened);
        }
    }

    public IReadOnlyList<HistoryEvent> Events { get; }

    public IReadOnlyCollection<MessageStory> Stories => _stories.Values;

    /// <summary>Purges and deletions of queues that may have taken messages.</summary>
    public IReadOnlyList<Removal> Removals => _removals;

    /// <summary>Deliveries of what was never sent.</summary>
    public IReadOnlyList<Violation> UnknownMessages => _unknownMessages;

    private int Run => _kills.Count;

    /// <summary>When the run with this number ended: never, for the last.</summary>
    public DateTimeOffset EndOf(int run) => run < _kills.Count ? _kills[run] : DateTimeOffset.MaxValue;

    public MessageStory? StoryOf(MessageId message) => _stories.GetValueOrDefault(message);

    public bool WasConsumed(string queue, int run) => _consumed.Contains((queue, run));

    public int? LastConsumerOf(string queue) => _consumers.TryGetValue(queue, out var numbers) ? numbers[^1] : null;

    /// <summary>Whether a disturbance excuses that a delivery at that time is not known any more.</summary>
    public bool HandedOutMayBeForgotten(DateTimeOffset at, TimeSpan moment) =>
        _disturbances.Any(disturbed => at >= disturbed.Began - moment && at <= disturbed.ServedTwiceUntil + moment);

    /// <summary>Whether a disturbance, or the end of its consumer, excuses that a settlement at that time is not known any more.</summary>
    public bool SettledMayBeForgotten(HistoryEvent.Settled settled, TimeSpan moment) =>
        _disturbances.Any(disturbed => settled.At >= disturbed.Began - moment && settled.At <= disturbed.At)
        || (_lost.TryGetValue(settled.Consumer, out var lostAt) && settled.At >= lostAt - moment);

    private void Take(HistoryEvent happened)
    {
        switch (happened)
        {
            case HistoryEvent.Sent sent:
                _stories.Add(sent.Message, new MessageStory(sent));
                break;
            case HistoryEvent.Confirmed confirmed:
                _stories[confirmed.Message].Confirm(confirmed.At);
                break;
            case HistoryEvent.Delivered delivered when !_stories.ContainsKey(delivered.Message):
                _unknownMessages.Add(new Violation(
                    ViolationKind.Invented, $"{delivered.Message} came from {delivered.Queue}, and nobody had sent it"));
                break;
            case HistoryEvent.Delivered delivered:
                _stories[delivered.Message].Add(Run, delivered);
                break;
            case HistoryEvent.Settled settled when _stories.TryGetValue(settled.Message, out var story):
                story.Add(Run, settled);
                break;
            case HistoryEvent.ConsumerStarted started:
                _consumed.Add((started.Queue, Run));
                (_consumers.TryGetValue(started.Queue, out var numbers) ? numbers : _consumers[started.Queue] = []).Add(started.Consumer);
                break;
            case HistoryEvent.Purged { Outcome: not Outcome.Refused } purged:
                _removals.Add(new Removal(purged.Queue, purged.Began, purged.At, Run, purged.Outcome, "purged"));
                break;
            case HistoryEvent.TopologyChanged { Definition: null, Outcome: not Outcome.Refused, Item: { IsBinding: false, Queue.Length: > 0 } } deleted:
                _removals.Add(new Removal(deleted.Item.Queue, deleted.At, deleted.At, Run, deleted.Outcome, "deleted"));
                break;
            case HistoryEvent.ConsumerLost lost:
                _lost[lost.Consumer] = lost.At;
                break;
            case HistoryEvent.Disturbed disturbed:
                _disturbances.Add(disturbed);
                break;
            case HistoryEvent.BrokerKilled killed:
                _kills.Add(killed.At);
                break;
        }
    }

    /// <summary>A queue lost its messages because a client asked for it.</summary>
    public sealed record Removal(string Queue, DateTimeOffset Began, DateTimeOffset Ended, int Run, Outcome Outcome, string How);
}

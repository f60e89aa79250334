namespace ActorBroker.Testing.History;

/// <summary>No confirmed message is lost, and none is found where it was not sent.</summary>
public static class LossRules
{
    public static IEnumerable<Violation> Check(Chronicle chronicle, HistoryContract contract) =>
        Owed(chronicle, contract).Select(Lost).Concat(Misplaced(chronicle, contract)).Concat(Removed(chronicle));

    /// <summary>Confirmed, and neither acknowledged nor gone in a way that a client asked for.</summary>
    public static IEnumerable<MessageStory> Owed(Chronicle chronicle, HistoryContract contract)
    {
        var end = chronicle.Events.Count > 0 ? chronicle.Events.Max(happened => happened.At) : default;
        var removals = chronicle.Removals.ToLookup(removal => removal.Queue);
        return chronicle.Stories.Where(story =>
            story is { ConfirmedAt: not null, IsAcknowledged: false }
            && contract.Of(story.Sent.Queue) is not { IsStream: true }
            && !removals[story.Sent.Queue].Any(removal => removal.Ended >= story.Sent.At)
            && !IsDropped(story, contract.Of(story.Sent.Queue), end));
    }

    private static bool IsDropped(MessageStory story, QueueContract? queue, DateTimeOffset end) =>
        queue is { DeadLettersTo: null } && (story.IsRejected || queue.TimeToLive <= end - story.Sent.At);

    private static Violation Lost(MessageStory story) => new(
        ViolationKind.Lost,
        story.Steps.Count == 0
            ? $"{story.Sent.Message} was confirmed by {story.Sent.Queue} and never handed out"
            : $"{story.Sent.Message} was confirmed by {story.Sent.Queue}, handed out, not settled, and not handed out again");

    private static IEnumerable<Violation> Misplaced(Chronicle chronicle, HistoryContract contract) =>
        from story in chronicle.Stories
        from step in story.Steps
        let delivered = step.Event as HistoryEvent.Delivered
        where delivered is not null && !contract.LeadsTo(story.Sent.Queue, delivered.Queue)
        select new Violation(ViolationKind.Invented, $"{delivered.Message} was sent to {story.Sent.Queue} and came from {delivered.Queue}");

    // Where a consumer was there, what it had been handed and had not settled is not the purge's to take.
    private static IEnumerable<Violation> Removed(Chronicle chronicle)
    {
        var removals = chronicle.Removals
            .Where(removal => removal.Outcome == Outcome.Done && !chronicle.WasConsumed(removal.Queue, removal.Run))
            .ToLookup(removal => removal.Queue);
        foreach (var story in chronicle.Stories.Where(story => story.ConfirmedAt is not null))
        {
            foreach (var removal in removals[story.Sent.Queue].Where(removal => story.ConfirmedAt <= removal.Began))
            {
                var later = story.Steps.Select(step => step.Event).OfType<HistoryEvent.Delivered>()
                    .FirstOrDefault(delivered => delivered.Queue == removal.Queue && delivered.At > removal.Ended);
                if (later is not null)
                {
                    yield return new Violation(
                        ViolationKind.RemovedCameBack, $"{later.Message} came from {removal.Queue} after it had been {removal.How}");
                    break;
                }
            }
        }
    }
}

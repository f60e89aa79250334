namespace ActorBroker.Testing.History;

/// <summary>Nothing comes before its time: neither what is delayed, nor what is dead because it has expired.</summary>
public static class TimeRules
{
    public static IEnumerable<Violation> Check(Chronicle chronicle, HistoryContract contract) =>
        from story in chronicle.Stories
        from step in story.Steps
        let delivered = step.Event as HistoryEvent.Delivered
        where delivered is not null
        let wait = Wait(story, delivered.Queue, contract)
        where delivered.At < story.Sent.At + wait
        select new Violation(
            ViolationKind.TooEarly,
            $"{delivered.Message} came from {delivered.Queue} {(delivered.At - story.Sent.At).TotalMilliseconds:F0} ms after it was sent, not {wait.TotalMilliseconds:F0}");

    private static TimeSpan Wait(MessageStory story, string queue, HistoryContract contract)
    {
        var expiry = queue == story.Sent.Queue || story.IsRejected ? null : contract.Of(story.Sent.Queue)?.TimeToLive;
        return story.Sent.HeldBack + (expiry ?? TimeSpan.Zero);
    }
}

namespace ActorBroker.Testing.History;

/// <summary>
/// What was settled does not come back, and what comes again says so: as redelivered, or, where dead letters arrive at
/// least once, as repeated. What happened within a moment before a kill need not be remembered.
/// </summary>
public static class RepetitionRules
{
    public static IEnumerable<Violation> Check(Chronicle chronicle, HistoryContract contract) =>
        from story in chronicle.Stories
        where story.Steps.Count > 1
        from queue in story.Steps.Select(step => QueueOf(step.Event)).Distinct()
        where contract.Of(queue) is not { IsStream: true }
        from violation in CheckAt(queue, story, chronicle, contract)
        select violation;

    private static string QueueOf(HistoryEvent step) => step switch
    {
        HistoryEvent.Delivered delivered => delivered.Queue,
        HistoryEvent.Settled settled => settled.Queue,
        _ => "",
    };

    private static IEnumerable<Violation> CheckAt(string queue, MessageStory story, Chronicle chronicle, HistoryContract contract)
    {
        var moment = contract.Moment;
        (int Run, HistoryEvent.Delivered Event)? before = null;
        (int Run, HistoryEvent.Settled Event)? settled = null;
        foreach (var (run, step) in story.Steps.Where(step => QueueOf(step.Event) == queue))
        {
            if (step is HistoryEvent.Settled now)
            {
                settled = now.As == Settlement.Returned ? null : (run, now);
                continue;
            }

            var delivered = (HistoryEvent.Delivered)step;
            if (settled is { } over && !delivered.Repeated && IsRemembered(over.Run, over.Event.At)
                && !chronicle.SettledMayBeForgotten(over.Event, moment) && !IsOnTheMove(over.Event, delivered))
            {
                yield return new Violation(
                    ViolationKind.SettledCameBack,
                    $"{delivered.Message} came from {queue} again{Mark(delivered)} {Since(over.Run, over.Event.At)} after it was settled, {over.Event.At:HH:mm:ss.fff}");
            }
            else if (before is { } first && !delivered.Redelivered && !delivered.Repeated && IsRemembered(first.Run, first.Event.At)
                && !chronicle.HandedOutMayBeForgotten(first.Event.At, moment))
            {
                yield return new Violation(
                    ViolationKind.NotMarked,
                    $"{delivered.Message} came from {queue} again without a mark {Since(first.Run, first.Event.At)} after it was handed out, {first.Event.At:HH:mm:ss.fff}");
            }

            before = (run, delivered);
            settled = null;

            // A settlement that crosses with its queue's move to another node is lost, like one that crosses with the end of its channel.
            bool IsOnTheMove(HistoryEvent.Settled then, HistoryEvent.Delivered again) =>
                contract.QueuesMove && again.Redelivered && again.At - then.At <= moment;

            bool IsRemembered(int then, DateTimeOffset at) => then == run || chronicle.EndOf(then) - at > moment;

            string Since(int then, DateTimeOffset at) => then == run
                ? $"at {delivered.At:HH:mm:ss.fff}"
                : $"with the broker killed {(chronicle.EndOf(then) - at).TotalSeconds:F2} s";
        }
    }

    private static string Mark(HistoryEvent.Delivered delivered) => delivered.Redelivered ? " (marked)" : "";
}

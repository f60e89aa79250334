using ActorBroker.Testing.Clients;

namespace ActorBroker.Testing.History;

/// <summary>
/// A stream's offsets name the same messages for ever, without gaps, and whoever reads it from the beginning has all that
/// was confirmed. The last consumer of a stream in the history has to be such a reader.
/// </summary>
public static class StreamRules
{
    public static IEnumerable<Violation> Check(Chronicle chronicle, HistoryContract contract) =>
        Owed(chronicle, contract).Select(Lost).Concat(Offsets(chronicle, contract));

    /// <summary>Confirmed or seen by somebody, and not by the last reader.</summary>
    public static IEnumerable<MessageStory> Owed(Chronicle chronicle, HistoryContract contract)
    {
        var readers = contract.Queues.Where(queue => queue.IsStream).ToDictionary(queue => queue.Name, queue => chronicle.LastConsumerOf(queue.Name));
        return chronicle.Stories.Where(story =>
            readers.TryGetValue(story.Sent.Queue, out var reader)
            && (story.ConfirmedAt is not null || story.Steps.Count > 0)
            && !story.Steps.Any(step => step.Event is HistoryEvent.Delivered delivered && delivered.Consumer == reader));
    }

    private static Violation Lost(MessageStory story) => new(
        ViolationKind.Lost,
        $"{story.Sent.Message} was {(story.ConfirmedAt is null ? "read from" : "confirmed by")} {story.Sent.Queue} and is not in it any more");

    private static IEnumerable<Violation> Offsets(Chronicle chronicle, HistoryContract contract)
    {
        var messages = new Dictionary<(string Stream, long Offset), MessageId>();
        var offsets = new Dictionary<(string Stream, MessageId), long>();
        var last = new Dictionary<int, long>();
        foreach (var delivered in chronicle.Events.OfType<HistoryEvent.Delivered>())
        {
            if (delivered.Offset is not { } offset || contract.Of(delivered.Queue) is not { IsStream: true })
            {
                continue;
            }

            if (messages.TryGetValue((delivered.Queue, offset), out var other) && other != delivered.Message)
            {
                yield return new Violation(
                    ViolationKind.OffsetMoved, $"offset {offset} of {delivered.Queue} was {other} and is {delivered.Message}");
            }

            if (offsets.TryGetValue((delivered.Queue, delivered.Message), out var earlier) && earlier != offset)
            {
                yield return new Violation(
                    ViolationKind.OffsetMoved, $"{delivered.Message} was at offset {earlier} of {delivered.Queue} and is at {offset}");
            }

            if (last.TryGetValue(delivered.Consumer, out var before) && before + 1 != offset)
            {
                yield return new Violation(
                    ViolationKind.OffsetMoved, $"offset {offset} of {delivered.Queue} came after {before}");
            }

            messages[(delivered.Queue, offset)] = delivered.Message;
            offsets[(delivered.Queue, delivered.Message)] = offset;
            last[delivered.Consumer] = offset;
        }
    }
}

using ActorBroker.Contracts.Audit;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.History;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Http;
using Akka.Actor;

namespace ActorBroker.Management.Audit;

/// <summary>A page of the audit trail.</summary>
/// <param name="Records">In the order that was asked for.</param>
/// <param name="Next">Where the next page starts; null when there is none.</param>
internal sealed record AuditPage(IReadOnlyList<BrowsedMessage> Records, long? Next);

/// <summary>
/// Reads the audit trail as any history is read, page by page. The newest records first are read in steps from the end,
/// which grow while nothing is found. However few records are wanted, it takes some seconds at most: the next page goes
/// on there.
/// </summary>
internal sealed class AuditReader(ApiRequest request, AuditQuery query)
{
    private const int SmallestStep = 256;
    private const int LargestStep = 65_536;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(5);

    private readonly long _startedAt = request.Broker.Clock.GetTimestamp();

    private bool IsTimeUp => request.Broker.Clock.GetElapsedTime(_startedAt) > TimeLimit;

    /// <summary>The page that is asked for; an empty one where nothing has been noted yet.</summary>
    public async Task<AuditPage> ReadAsync()
    {
        var probe = await AskAsync(HistoryRange.FromPosition(long.MaxValue), MessageCriteria.None, 1).ConfigureAwait(false);
        if (probe is null)
        {
            return new AuditPage([], Next: null);
        }

        var first = query.Since is { } since ? await PositionAtAsync(since).ConfigureAwait(false) : probe.Extent.First;
        var end = query.Until is { } until ? await PositionAtAsync(until).ConfigureAwait(false) : probe.Extent.End;
        return query.NewestFirst
            ? await ReadBackAsync(first, Math.Min(end, query.From ?? long.MaxValue)).ConfigureAwait(false)
            : await ReadOnAsync(Math.Max(first, query.From ?? 0), end).ConfigureAwait(false);
    }

    private async Task<AuditPage> ReadOnAsync(long from, long end)
    {
        var records = new List<BrowsedMessage>();
        while (from < end && records.Count < query.Count && !IsTimeUp)
        {
            if (await AskAsync(Range(from, end), query.Criteria, query.Count - records.Count).ConfigureAwait(false) is not { } page)
            {
                break;
            }

            records.AddRange(page.Messages);
            from = page.IsEnd ? end : page.Next;
        }

        return new AuditPage(records, from < end ? from : null);
    }

    private async Task<AuditPage> ReadBackAsync(long first, long end)
    {
        var records = new List<BrowsedMessage>();
        for (var step = SmallestStep; first < end && records.Count < query.Count && !IsTimeUp; step = Math.Min(step * 4, LargestStep))
        {
            var from = Math.Max(first, end - step);
            if (await NewestAsync(from, end, query.Count - records.Count).ConfigureAwait(false) is not { } found)
            {
                break;
            }

            found.Reverse();
            records.AddRange(found);
            end = records.Count < query.Count ? from : records[^1].Position;
        }

        return new AuditPage(records, first < end ? end : null);
    }

    // The last ones of a step, ascending; null when the step could not be read in time.
    private async Task<List<BrowsedMessage>?> NewestAsync(long from, long end, int count)
    {
        var found = new List<BrowsedMessage>();
        while (from < end)
        {
            if (IsTimeUp || await AskAsync(Range(from, end), query.Criteria, PageLimits.CountMax).ConfigureAwait(false) is not { } page)
            {
                return null;
            }

            found.AddRange(page.Messages);
            found.RemoveRange(0, Math.Max(0, found.Count - count));
            from = page.IsEnd ? end : page.Next;
        }

        return found;
    }

    private async Task<long> PositionAtAsync(long time)
    {
        var page = await AskAsync(new HistoryRange(HistoryStart.Time, time), MessageCriteria.None, 1).ConfigureAwait(false);
        return page is null ? 0 : page.Messages.Count > 0 ? page.Messages[0].Position : page.Next;
    }

    private static HistoryRange Range(long from, long end) => HistoryRange.FromPosition(from) with { UntilPosition = end };

    private async Task<QueueBrowsed?> AskAsync(HistoryRange range, MessageCriteria criteria, int count)
    {
        var browse = new BrowseQueue(AuditTrail.Queue, 0, range, criteria, new PageLimits(count, PageLimits.BytesMax), request.Origin);
        var page = await request.Broker.Queues.Ask<QueueBrowsed>(browse, ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        if (page.Refusal is { Reason: RefusalReason.NotFound })
        {
            return null;
        }

        ApiErrorException.ThrowIf(page.Refusal);
        return page;
    }
}

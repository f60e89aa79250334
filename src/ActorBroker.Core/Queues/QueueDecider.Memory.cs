using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues.Transactions;

namespace ActorBroker.Core.Queues;

/// <content>Which bodies are in memory: read back before they are delivered, dropped when the journal has them.</content>
public sealed partial class QueueDecider
{
    /// <summary>
    /// Publishers have been held back for a while and consumers do not free the memory: transient messages are written
    /// too, not to keep them over a restart but to have them out of memory.
    /// </summary>
    public void Spill()
    {
        if (!IsWithholding)
        {
            return;
        }

        _isSpilling = true;
        foreach (var segment in _log.Resident.OrderBy(static segment => segment.First))
        {
            foreach (var batch in segment.Batches)
            {
                if (batch is { IsPinned: true, IsJournaled: false, IsRefused: false })
                {
                    AddSpilled(batch);
                }
            }
        }

        TryWrite();
    }

    /// <summary>The events of a segment's range, read back; nothing when it is not needed any more.</summary>
    /// <param name="address">As asked for.</param>
    /// <param name="batches">All batches of these events that are readable, by ascending event.</param>
    /// <param name="isDamaged">Some event is damaged: what is missing is gone. Otherwise it is set aside.</param>
    /// <returns>How many ready messages were not among them: the others can be had.</returns>
    public long SegmentLoaded(SegmentAddress address, IReadOnlyList<PlacedBatch> batches, bool isDamaged)
    {
        if (address.WithoutCopies)
        {
            return HistoryLoaded(address, batches, isDamaged);
        }

        if (_log.SegmentStartingAt(address.FirstPosition) is not { Residency: SegmentResidency.Loading } segment)
        {
            return 0;
        }

        _log.Load(segment, batches);
        segment.IsDamaged = isDamaged;
        var missing = TakeOutGaps(segment);
        AnswerGets();
        Dispatch();
        BoundMemory();
        TryWrite();
        return missing;
    }

    private void AddSpilled(LogBatch batch)
    {
        _writes.Add(new WaitingWrite(batch, Link: null));
        MarkVolatile(batch);
    }

    // The batch of the next ready message that a consumer may have; null when there is none, or it must be read back,
    // which is then under way.
    private LogBatch? Locate(ConsumerKey consumer)
    {
        while (_ready.TrySelect(consumer))
        {
            var found = _log.TryFind(_ready.First.First, out var segment, out var batch);
            if (found && batch is null)
            {
                // It was held when its segment was read back short, and has been released since.
                TakeOutGaps(segment);
                continue;
            }

            if (!found || _log.Resident.Count < _log.Segments.Count)
            {
                ReadAhead(segment);
            }

            return batch;
        }

        return null;
    }

    private void ReadAhead(LogSegment head)
    {
        if (!_ready.IsPlain)
        {
            Load(head);
            _upcoming.Find(_ready.Lanes, _log, _limits.ReadAheadSegments);
            foreach (var segment in _upcoming.Segments)
            {
                Load(segment);
            }

            return;
        }

        var index = _log.IndexOfSegment(head.First);
        for (var i = index; i < Math.Min(index + _limits.ReadAheadSegments, _log.Segments.Count); i++)
        {
            Load(_log.Segments[i]);
        }
    }

    // Bodies that the journal holds leave memory: first those that only wait to be settled, which are needed again only
    // where their consumer gives them back; then from the back. What is about to be delivered stays.
    private void BoundMemory()
    {
        if (!_ready.IsPlain && _log.EvictableBytes > _limits.ResidentBytesMax)
        {
            BoundMemoryOfLanes();
            return;
        }

        while (_log.EvictableBytes > _limits.ResidentBytesMax)
        {
            var head = _ready.IsEmpty ? long.MaxValue : _ready.First.First;
            var headIndex = _log.IndexOfSegment(head);
            LogSegment? victim = null;
            foreach (var segment in _log.Resident)
            {
                if (segment.IsEvictable && !_log.IsOpen(segment) && !IsAhead(segment, headIndex)
                    && (victim is null || IsNeededLater(segment, victim, head)))
                {
                    victim = segment;
                }
            }

            if (victim is null)
            {
                return;
            }

            _log.Evict(victim);
        }
    }

    private static bool IsNeededLater(LogSegment segment, LogSegment other, long head)
    {
        var isDelivered = segment.End <= head;
        return isDelivered == other.End <= head ? segment.First > other.First : isDelivered;
    }

    private void BoundMemoryOfLanes()
    {
        _upcoming.Find(_ready.Lanes, _log, Math.Max(_limits.ReadAheadSegments, _log.Resident.Count));
        var victims = _log.Resident
            .Where(segment => segment.IsEvictable && !_log.IsOpen(segment))
            .Select(segment => (Segment: segment, Turn: _upcoming.TurnOf(segment)))
            .Where(candidate => candidate.Turn >= _limits.ReadAheadSegments)
            .OrderByDescending(static candidate => candidate.Turn)
            .ThenByDescending(static candidate => candidate.Segment.First);
        foreach (var (segment, _) in victims.ToArray())
        {
            if (_log.EvictableBytes <= _limits.ResidentBytesMax)
            {
                break;
            }

            _log.Evict(segment);
        }
    }

    private bool IsAhead(LogSegment segment, int headIndex)
    {
        for (var i = headIndex; i < Math.Min(headIndex + _limits.ReadAheadSegments, _log.Segments.Count); i++)
        {
            if (ReferenceEquals(_log.Segments[i], segment))
            {
                return true;
            }
        }

        return false;
    }
}

using ActorBroker.Core.Messages;

namespace ActorBroker.Connections.Sessions;

/// <summary>
/// Tells the deliveries of one incarnation of a queue from those of the next, which may give the same positions out
/// again to other messages: the positions that the protocol sees are moved up behind all that it has seen before, so
/// that a late settlement of an old delivery is known as such. What was seen at a position before is marked when it comes
/// again. A stream's positions are its offsets, which never come
/// again: those are shown as they are.
/// </summary>
internal sealed class PositionEpoch
{
    private long _shift;
    private long _seenEnd;
    private long _shownEnd;
    private bool _isOfStream;

    /// <summary>Where the next incarnation of a stream is to go on; null for other queues, and where a stream could not say before the first delivery.</summary>
    public long? NextOffset => _isOfStream ? _shownEnd : null;

    /// <summary>The queue is a stream that delivers from this offset on.</summary>
    public void StartAt(long offset)
    {
        _isOfStream = true;
        _shownEnd = Math.Max(_shownEnd, offset);
    }

    /// <summary>Another incarnation delivers from here on.</summary>
    public void Begin()
    {
        _seenEnd = Math.Max(_seenEnd, _shownEnd - _shift);
        _shift = _isOfStream ? 0 : _shownEnd;
    }

    /// <summary>From the queue's positions to those shown, in place.</summary>
    public void Show(DeliverySegment[] segments)
    {
        for (var i = 0; i < segments.Length; i++)
        {
            ref var segment = ref segments[i];
            if (segment.FirstPosition < _seenEnd && !segment.IsOfStream)
            {
                // Whatever the queue's journal knows of the delivery: this client may have had it.
                segment = segment with { Redelivered = true };
            }

            if (_shift > 0)
            {
                segment = segment with { FirstPosition = segment.FirstPosition + _shift };
            }

            _isOfStream = segment.IsOfStream;
            _shownEnd = Math.Max(_shownEnd, segment.FirstPosition + segment.Count);
        }
    }

    /// <inheritdoc cref="Show"/>
    public DeliverySegment Shown(DeliverySegment segment)
    {
        DeliverySegment[] shown = [segment];
        Show(shown);
        return shown[0];
    }

    /// <summary>From shown positions to the queue's; false when none of them is of its present incarnation.</summary>
    public bool TryTranslate(ref PositionRange positions)
    {
        var first = Math.Max(positions.First, _shift);
        positions = new PositionRange(first - _shift, positions.End - first);
        return positions.Count > 0;
    }
}

using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.History;

/// <content>What comes: which of it is in the range and wanted.</content>
internal sealed partial class HistoryReader
{
    private void OnDelivered(DeliverySegment[] segments)
    {
        if (IsDone)
        {
            return;
        }

        foreach (var segment in segments)
        {
            _settlements.Add(new Settlement(ConsumerId, SettleOutcome.Accepted, new PositionRange(segment.FirstPosition, segment.Count)));
            Read(segment);
            if (IsDone)
            {
                break;
            }
        }

        if (!IsDone)
        {
            _source.Actor.Tell(new SettleMessages([.. _settlements]), _self);
            Ask();
        }

        _settlements.Clear();
    }

    private void Read(DeliverySegment segment)
    {
        var isTooLate = segment.WrittenAt >= (_source.Range.UntilTime ?? long.MaxValue);
        var isTooEarly = segment.WrittenAt < _source.Range.NotBefore;
        for (var i = 0; i < segment.Count && !IsDone; i++)
        {
            var position = segment.FirstPosition + i;
            MoveTo(Math.Min(position, End));
            if (isTooLate || position >= End)
            {
                ReachEnd();
                return;
            }

            var index = segment.StartIndex + i;
            var view = segment.Batch[index];
            LookedAt++;
            if (isTooEarly || !_selector.Selects(view, segment.Batch.RouteOf(index)))
            {
                Credit(view.RecordLength);
            }
            else if (_take(segment, i))
            {
                Matched++;
            }
            else
            {
                LookedAt--;
                Close();
                return;
            }

            Next = position + 1;
            if (Next >= End)
            {
                ReachEnd();
            }
            else if (_isStopped)
            {
                Close();
            }
        }
    }

    private void ReachEnd()
    {
        IsAtEnd = true;
        Close();
    }
}

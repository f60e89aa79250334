using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <summary>Which publishes of each channel have no confirm yet, and whether a new confirm leaves none below it.</summary>
internal sealed class ConfirmTracker
{
    private readonly Dictionary<int, PositionSet> _outstanding = [];
    private readonly PositionSet _told = new();

    /// <summary>The group's publishes await their confirm.</summary>
    public void Begin(ConfirmGroup group)
    {
        foreach (var (channel, first, last) in group.Ranges)
        {
            if (!_outstanding.TryGetValue(channel, out var tags))
            {
                tags = new PositionSet();
                _outstanding.Add(channel, tags);
            }

            tags.Add(new PositionRange((long)first, (long)(last - first + 1)));
        }
    }

    /// <summary>One queue batch of the group is safe, or may be lost; tells when it was the last.</summary>
    public void BatchDone(ConfirmGroup group, bool negative, IBrokerSessionListener listener)
    {
        group.IsNegative |= negative;
        if (--group.Pending == 0)
        {
            Tell(group, listener);
        }
    }

    /// <summary>Everything is known of the group.</summary>
    public void Tell(ConfirmGroup group, IBrokerSessionListener listener)
    {
        group.Committed?.Invoke(!group.IsNegative);
        foreach (var (channel, first, last) in group.Ranges)
        {
            if (_outstanding.TryGetValue(channel, out var tags))
            {
                var range = new PositionRange((long)first, (long)(last - first + 1));
                if (group.IsPartlyTold)
                {
                    TellRest(channel, tags, range, group.IsNegative, listener);
                }
                else
                {
                    Tell(channel, tags, range, group.IsNegative, listener);
                }
            }
        }
    }

    /// <summary>A queue has refused messages of a batch: they are nacked at once, whatever other queues say of them.</summary>
    public void Reject(BatchConfirm batch, int[] indexes, IBrokerSessionListener listener)
    {
        batch.Group.IsNegative |= batch.Group.Committed is not null;
        foreach (var index in indexes)
        {
            var confirm = batch.ConfirmOf(index);
            if (confirm.IsWanted && _outstanding.TryGetValue(confirm.Channel, out var tags) && tags.Contains((long)confirm.Tag))
            {
                batch.Group.IsPartlyTold = true;
                Tell(confirm.Channel, tags, new PositionRange((long)confirm.Tag, 1), negative: true, listener);
            }
        }
    }

    private void TellRest(int channel, PositionSet tags, PositionRange range, bool negative, IBrokerSessionListener listener)
    {
        _told.Clear();
        tags.Remove(range, _told);
        tags.AddAll(_told);
        for (var i = 0; i < _told.IntervalCount; i++)
        {
            Tell(channel, tags, _told.Interval(i), negative, listener);
        }
    }

    private static void Tell(int channel, PositionSet tags, PositionRange range, bool negative, IBrokerSessionListener listener)
    {
        var allBefore = tags.First.First == range.First;
        tags.Remove(range);
        listener.OnConfirm(channel, (ulong)range.First, (ulong)range.End - 1, negative, allBefore);
    }

    /// <summary>Nobody waits for the channel's confirms any more.</summary>
    public void Forget(int channel) => _outstanding.Remove(channel);
}

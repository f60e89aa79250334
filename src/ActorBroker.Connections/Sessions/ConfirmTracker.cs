using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <summary>
/// The publishes of one slab that want confirms: safe when every queue batch made of the slab is. Told per channel as
/// one range of tags.
/// </summary>
internal sealed class ConfirmGroup
{
    private readonly List<(int Channel, ulong First, ulong Last)> _ranges = new(1);

    /// <summary>Queue batches that have not been confirmed.</summary>
    public int Pending { get; set; }

    /// <summary>A queue batch may be lost.</summary>
    public bool IsNegative { get; set; }

    public IReadOnlyList<(int Channel, ulong First, ulong Last)> Ranges => _ranges;

    /// <summary>A channel's tags rise by one with each publish, so a slab holds one range of each channel.</summary>
    public void Extend(PublishConfirm confirm)
    {
        for (var i = _ranges.Count - 1; i >= 0; i--)
        {
            if (_ranges[i].Channel == confirm.Channel)
            {
                _ranges[i] = (confirm.Channel, _ranges[i].First, confirm.Tag);
                return;
            }
        }

        _ranges.Add((confirm.Channel, confirm.Tag, confirm.Tag));
    }
}

/// <summary>Which publishes of each channel have no confirm yet, and whether a new confirm leaves none below it.</summary>
internal sealed class ConfirmTracker
{
    private readonly Dictionary<int, PositionSet> _outstanding = [];

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
        foreach (var (channel, first, last) in group.Ranges)
        {
            if (_outstanding.TryGetValue(channel, out var tags))
            {
                var allBefore = tags.First.First == (long)first;
                tags.Remove(new PositionRange((long)first, (long)(last - first + 1)));
                listener.OnConfirm(channel, first, last, group.IsNegative, allBefore);
            }
        }
    }

    /// <summary>Nobody waits for the channel's confirms any more.</summary>
    public void Forget(int channel) => _outstanding.Remove(channel);
}

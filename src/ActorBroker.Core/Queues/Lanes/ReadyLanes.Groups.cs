namespace ActorBroker.Core.Queues.Lanes;

/// <content>
/// Groups of messages. A consumer is offered what is in its own groups and what is nobody's; a group becomes its own with
/// the first message that it takes, and nobody's again when the consumer leaves or the group has run empty.
/// </content>
internal sealed partial class ReadyLanes
{
    private readonly Dictionary<long, MessageGroup> _groups = [];
    private readonly Dictionary<ConsumerKey, GroupHolder> _holders = [];

    // Of fair shares, who was served from the common lanes is served from its own ones next.
    private bool _ownIsNext;

    /// <summary>Who may have a message can depend on what else it has had.</summary>
    public bool HasGroups => _groups.Count > 0;

    /// <summary>Chooses what the consumer is given next; false when there is nothing for it.</summary>
    public bool TrySelect(ConsumerKey consumer)
    {
        if (_holders.Count > 0)
        {
            var shared = _schedule.Next();
            var own = _holders.TryGetValue(consumer, out var holder) ? holder.Schedule.Next() : null;
            _next = own is null || (shared is not null && !GoesFirst(own, shared)) ? shared : own;
        }
        else
        {
            _next ??= _schedule.Next();
        }

        return _next is not null;
    }

    /// <summary>A consumer is gone and holds nothing: its groups are nobody's.</summary>
    public void Release(ConsumerKey consumer)
    {
        if (!_holders.Remove(consumer, out var holder))
        {
            return;
        }

        _next = null;
        foreach (var group in holder.Groups)
        {
            foreach (var lane in group.Lanes.Where(static lane => lane.Flow is not null))
            {
                holder.Schedule.Remove(lane);
                _schedule.Add(lane);
            }

            group.Holder = null;
        }
    }

    private bool GoesFirst(Lane own, Lane shared)
    {
        if (own.Key.Priority != shared.Key.Priority)
        {
            return own.Key.Priority > shared.Key.Priority;
        }

        return _classifier.IsFair ? _ownIsNext : own.Head < shared.Head;
    }

    private LaneSchedule ScheduleOf(Lane lane) => lane.Group?.Holder?.Schedule ?? _schedule;

    // What goes first of all, whoever may have it.
    private Lane? NextForAnyone()
    {
        var next = _schedule.Next();
        foreach (var holder in _holders.Values)
        {
            if (holder.Schedule.Next() is { } own
                && (next is null || own.Key.Priority > next.Key.Priority || (own.Key.Priority == next.Key.Priority && own.Head < next.Head)))
            {
                next = own;
            }
        }

        return next;
    }

    private void Assign(MessageGroup group, ConsumerKey consumer)
    {
        if (!_holders.TryGetValue(consumer, out var holder))
        {
            holder = new GroupHolder(consumer);
            _holders.Add(consumer, holder);
        }

        group.Holder = holder;
        holder.Groups.Add(group);
        foreach (var lane in group.Lanes.Where(static lane => lane.Flow is not null))
        {
            _schedule.Remove(lane);
            holder.Schedule.Add(lane);
        }
    }

    private MessageGroup? GroupOf(LaneKey key)
    {
        if (key.Group == 0)
        {
            return null;
        }

        if (!_groups.TryGetValue(key.Group, out var group))
        {
            group = new MessageGroup(key.Group);
            _groups.Add(key.Group, group);
        }

        return group;
    }

    private void LeaveGroup(Lane lane)
    {
        if (lane.Group is not { } group)
        {
            return;
        }

        group.Lanes.Remove(lane);
        if (group.Lanes.Count > 0)
        {
            return;
        }

        _groups.Remove(group.Number);
        if (group.Holder is { } holder)
        {
            holder.Groups.Remove(group);
            if (holder.Groups.Count == 0)
            {
                _holders.Remove(holder.Key);
            }
        }
    }
}

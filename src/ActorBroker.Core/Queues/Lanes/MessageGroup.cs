namespace ActorBroker.Core.Queues.Lanes;

/// <summary>
/// Messages with one value of the group header, or several values that share: all go to one consumer. The group exists
/// while one of its messages is in the queue.
/// </summary>
internal sealed class MessageGroup(long number)
{
    public long Number { get; } = number;

    /// <summary>Its lanes: one, unless priorities or fair shares divide it.</summary>
    public List<Lane> Lanes { get; } = [];

    /// <summary>Whose it is; null while nobody has had any of its messages.</summary>
    public GroupHolder? Holder { get; set; }
}

/// <summary>A consumer or getter, and the groups that are its own.</summary>
internal sealed class GroupHolder(ConsumerKey key)
{
    public ConsumerKey Key { get; } = key;

    public HashSet<MessageGroup> Groups { get; } = [];

    /// <summary>The lanes of its groups that have something ready.</summary>
    public LaneSchedule Schedule { get; } = new();
}

using ActorBroker.Core.Collections;

namespace ActorBroker.Core.Queues.Lanes;

/// <summary>Messages that are delivered in the order of their positions.</summary>
/// <param name="number">By which the map knows it.</param>
/// <param name="key">What its messages have in common.</param>
/// <param name="group">The group of its messages, if any.</param>
internal sealed class Lane(int number, LaneKey key, MessageGroup? group)
{
    public int Number { get; } = number;

    public LaneKey Key { get; set; } = key;

    public PositionSet Ready { get; } = new();

    public MessageGroup? Group { get; } = group;

    /// <summary>Messages that are ready or away; not counted for the lane of messages without any mark.</summary>
    public long Live { get; set; }

    /// <summary>Where it stands in line while something is ready.</summary>
    public LaneFlow? Flow { get; set; }

    /// <summary>Its place in the flow's heap.</summary>
    public int HeapIndex { get; set; }

    /// <summary>The lowest ready position.</summary>
    public long Head => Ready.First.First;
}

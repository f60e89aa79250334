using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lanes;

/// <summary>What tells the messages of one lane from others'.</summary>
/// <param name="Priority">Higher ones are delivered first.</param>
/// <param name="FairValue">Number of the value of the queue's fair header, 0 for none; negative where values share.</param>
/// <param name="Group">Number of the value of the queue's group header, 0 for none; negative where values share.</param>
public readonly record struct LaneKey(byte Priority, long FairValue, long Group);

/// <summary>The live messages of one lane, for a snapshot.</summary>
/// <param name="Key">Which lane.</param>
/// <param name="Positions">Ascending.</param>
public sealed record LaneIndex(LaneKey Key, PositionRange[] Positions);

using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues;

/// <summary>What a consumer says of positions that it holds.</summary>
public readonly record struct HeldSettlement(ConsumerKey Consumer, SettleOutcome Outcome, PositionRange Positions);

using ActorBroker.Core.Arguments;

namespace ActorBroker.Core.Queues;

/// <summary>What a queue was declared as (AMQP 0-9-1 §1.7.2.1). Never changes while the queue exists.</summary>
/// <param name="Durable">The definition, and persistent messages, outlive a restart.</param>
/// <param name="Exclusive">Only the declaring connection may use it; it is deleted when that connection closes.</param>
/// <param name="AutoDelete">Deleted when its last consumer goes, once it has had one.</param>
/// <param name="Arguments">As declared, unknown <c>x-</c> arguments included.</param>
public sealed record QueueDefinition(bool Durable, bool Exclusive, bool AutoDelete, ArgumentTable Arguments);

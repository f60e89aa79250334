namespace ActorBroker.Contracts;

/// <summary>
/// Every message between Connections and Broker, and between the entities of the broker. Each has an explicit
/// serializer; nothing of it is ever written by default serialization.
/// </summary>
public interface IBrokerMessage;

/// <summary>The answer to a question that came with an id of the asker's choosing; each question gets one.</summary>
public interface IRequestAnswer : IBrokerMessage
{
    /// <summary>The question's id.</summary>
    long RequestId { get; }
}

/// <summary>A message that its shard region delivers to the entity of that id.</summary>
public interface IShardedMessage : IBrokerMessage
{
    /// <summary>Which entity it is for; null where it names none, and the region drops it.</summary>
    string? EntityId { get; }
}

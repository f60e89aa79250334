namespace ActorBroker.Contracts;

/// <summary>
/// Every message between Connections and Broker, and between the entities of the broker. Each has an explicit
/// serializer; nothing of it is ever written by default serialization.
/// </summary>
public interface IBrokerMessage;

/// <summary>A message that its shard region delivers to the entity of that id.</summary>
public interface IShardedMessage : IBrokerMessage
{
    /// <summary>The entity, see <see cref="EntityIds"/>.</summary>
    string EntityId { get; }
}

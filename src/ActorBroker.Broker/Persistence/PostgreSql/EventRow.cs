namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>An event as its row holds it.</summary>
/// <param name="PersistenceId">The entity's.</param>
/// <param name="SequenceNr">Its number among the entity's events.</param>
/// <param name="Message">What its serializer wrote.</param>
/// <param name="Manifest">Which form that is.</param>
/// <param name="Identifier">Which serializer that was.</param>
internal sealed record EventRow(string PersistenceId, long SequenceNr, byte[] Message, string Manifest, int Identifier);

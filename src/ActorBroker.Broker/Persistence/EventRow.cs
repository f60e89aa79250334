namespace ActorBroker.Broker.Persistence;

/// <summary>An event as its row holds it.</summary>
/// <param name="PersistenceId">The entity's.</param>
/// <param name="SequenceNr">Its number among the entity's events.</param>
/// <param name="Message">What its serializer wrote.</param>
/// <param name="Manifest">Which form that is.</param>
/// <param name="Identifier">Which serializer that was.</param>
/// <param name="Writer">
/// Which incarnation of the entity wrote it, not which node: recovery refuses what one wrote behind a newer one's, and an
/// entity may come back to a node where it has been.
/// </param>
internal sealed record EventRow(string PersistenceId, long SequenceNr, byte[] Message, string Manifest, int Identifier, string Writer)
{
    /// <summary>No event has the number, and none is to have it: see <see cref="PostgreSql.SkippedNumbers"/>.</summary>
    public bool IsSkipped { get; init; }
}

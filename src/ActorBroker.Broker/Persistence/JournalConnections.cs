using Akka.Actor.Setup;
using LinqToDB;

namespace ActorBroker.Broker.Persistence;

/// <summary>
/// How readers of the journal connect: as Akka.Persistence.Sql does, whose own setup tells nobody else. Part of an actor
/// system's setup.
/// </summary>
public sealed class JournalConnections : Setup
{
    internal JournalConnections(DataOptions options) => Options = options;

    internal DataOptions Options { get; }
}

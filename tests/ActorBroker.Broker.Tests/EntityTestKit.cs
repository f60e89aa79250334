using ActorBroker.Contracts;
using ActorBroker.Core.Names;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorBroker.Broker.Tests;

/// <summary>
/// An actor system with the shipped serializers and a journal in memory that can be made to fail. Messages are not
/// serialized here: Akka's journals pass events between their own actors in messages that are not exempt from it.
/// </summary>
public abstract class EntityTestKit() : TestKit(Configuration)
{
    private static readonly Config Configuration = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = local
          loglevel = OFF
          stdout-loglevel = OFF
          persistence {
            journal {
              plugin = "akka.persistence.journal.faulty"
              faulty.class = "ActorBroker.Testing.Persistence.FaultyJournal, ActorBroker.Testing"
              faulty.plugin-dispatcher = "akka.actor.default-dispatcher"
            }
            snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
          }
        }
        """).WithFallback(ShippedSerialization());

    /// <summary>Who asks, in every test.</summary>
    protected static Origin Someone { get; } = new("guest", "127.0.0.1:1", DateTimeOffset.UnixEpoch);

    /// <summary>What the journal does.</summary>
    protected JournalFaults Journal => JournalFaults.Of(Sys);

    /// <summary>Stops an actor and waits until it has.</summary>
    protected void StopAndAwait(IActorRef actor)
    {
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        Unwatch(actor);
    }

    /// <summary>A probe that nobody has to listen to.</summary>
    protected TestProbe Probe(string name) => CreateTestProbe(name);

    private static Config ShippedSerialization()
    {
        using var stream = typeof(IBrokerMessage).Assembly.GetManifestResourceStream("hocon/serialization.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}

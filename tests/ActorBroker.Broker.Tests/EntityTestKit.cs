using ActorBroker.Broker.Forwarding;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Testing.Persistence;
using ActorBroker.Testing.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorBroker.Broker.Tests;

/// <summary>
/// An actor system with the shipped serializers, in which every message between actors is serialized, and a journal in
/// memory that can be made to fail.
/// </summary>
public abstract class EntityTestKit : TestKit
{
    private static readonly Config Configuration = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = local
          actor.serialize-messages = on
          loglevel = OFF
          stdout-loglevel = OFF
          persistence {
            journal {
              plugin = "akka.persistence.journal.faulty"
              auto-start-journals = []
              faulty.class = "ActorBroker.Testing.Persistence.FaultyJournal, ActorBroker.Testing"
              faulty.plugin-dispatcher = "akka.actor.default-dispatcher"
            }
            snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
            snapshot-store.auto-start-snapshot-stores = []
          }
        }
        """)
        .WithFallback(ConfigurationFactory.ParseString(InProcessSerializer.Bindings))
        .WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test));

    /// <summary>A system on which time passes by itself.</summary>
    protected EntityTestKit()
        : base(Configuration)
    {
    }

    /// <summary>A system with more settings than the usual ones.</summary>
    protected EntityTestKit(Config settings)
        : base(settings.WithFallback(Configuration))
    {
    }

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

    /// <summary>What entities publish by, with empty routing tables.</summary>
    protected static ForwardingServices Forwarding(IActorRef queues, RoutingTables? tables = null) =>
        new(_ => queues, ActorRefs.Nobody, tables ?? new RoutingTables(), new MessageFormats(new Amqp091MessageFormat()), TimeProvider.System);

    /// <summary>A probe that nobody has to listen to.</summary>
    protected TestProbe Probe(string name) => CreateTestProbe(name);
}

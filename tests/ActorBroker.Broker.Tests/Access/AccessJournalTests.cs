using ActorBroker.Broker.Access;
using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Serialization;
using Akka.Actor;
using Akka.Actor.Dsl;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>The journal of a virtual host, which is chosen when it is made.</summary>
public sealed class AccessJournalTests() : TestKit(Settings, nameof(AccessJournalTests))
{
    private static readonly Origin Someone = new("operator", "here", DateTimeOffset.UnixEpoch);

    private static Config Settings { get; } = ConfigurationFactory.ParseString(
            """
            akka.actor.provider = local
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.test.single-expect-default = 20s
            akka.persistence {
              journal { plugin = "akka.persistence.journal.inmem", auto-start-journals = [] }
              snapshot-store { plugin = "akka.persistence.snapshot-store.inmem", auto-start-snapshot-stores = [] }
            }
            """)
        .WithFallback(ConfigurationFactory.ParseString(InProcessSerializer.Bindings))
        .WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test))
        .WithFallback(DefaultConfig);

    [Fact]
    public void A_new_virtual_host_is_placed_where_it_is_wanted_and_says_so()
    {
        var access = Start(new Places("a", "b"));

        Assert.Null(Create(access, "v", "a"));
        Assert.Null(Create(access, "w", null));

        Assert.Equal(("a", null), (JournalOf(access, "v"), JournalOf(access, "w")));
    }

    [Fact]
    public void It_cannot_be_changed_later_and_other_things_can()
    {
        var access = Start(new Places("a", "b"));
        Create(access, "v", "a");
        Create(access, "w", null);

        Assert.Equal(
            new Refusal(RefusalReason.PreconditionFailed, "vhost 'v' is kept in the journal 'a', since its first use and for good"), Create(access, "v", "b"));
        Assert.Equal(
            new Refusal(RefusalReason.PreconditionFailed, "vhost 'w' is kept in the main journal, since its first use and for good"), Create(access, "w", "b"));
        Assert.Null(Create(access, "v", "a", "described"));
        Assert.Null(Create(access, "v", null, "described again"));
        Assert.Equal("a", JournalOf(access, "v"));
    }

    [Fact]
    public void One_that_was_there_before_keeps_its_place_and_is_told_of_there()
    {
        var access = Start(new Places("a", "b") { Kept = { ["v"] = "b" } });

        Assert.NotNull(Create(access, "v", "a"));
        Assert.Null(Create(access, "v", null));

        Assert.Equal("b", JournalOf(access, "v"));
    }

    [Fact]
    public void A_journal_that_there_is_not_is_refused()
    {
        var unknown = new Refusal(RefusalReason.PreconditionFailed, "there is no journal 'c': no section of actorbroker.journals has that name");

        Assert.Equal(unknown, Create(Start(new Places("a", "b")), "v", "c"));
        Assert.Equal(unknown, Create(Start(places: null), "v", "c"));
        Assert.Contains("90 characters", Create(Start(new Places("a", "b")), new string('ä', 20), "a")!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_answer_of_the_main_journal_nothing_is_made()
    {
        var access = Start(new Places("a") { Failure = new TimeoutException() });

        Assert.Equal(RefusalReason.Unavailable, Create(access, "v", "a")?.Reason);
        access.Tell(new ListVirtualHosts(1));
        Assert.Equal(["/"], ExpectMsg<VirtualHostsListed>().VirtualHosts);
    }

    private IActorRef Start(Places? places) => Sys.ActorOf(AccessActor.Props(
        $"{Guid.NewGuid():N}", Started.With(new AccessOptions("guest", "secret", "/", new HashSet<string>()), Catalogues()) with { Places = places }));

    // Are told whenever something is said of a virtual host.
    private IActorRef Catalogues() => Sys.ActorOf(static actor => actor.Receive<SetDefaultQueueType>(
        static (set, context) => context.Sender.Tell(new PolicyAnswered(set.RequestId, null))));

    private Refusal? Create(IActorRef access, string name, string? journal, string description = "")
    {
        access.Tell(new CreateVirtualHost(1, name, VirtualHostMetadata.None with { Description = description, Journal = journal }, Someone));
        return ExpectMsg<AccessChangeDone>().Refusal;
    }

    private string? JournalOf(IActorRef access, string name)
    {
        var node = CreateTestProbe();
        access.Tell(new SubscribeAccess(), node);
        var changes = node.ExpectMsg<AccessTableChanged>().Changes;
        Sys.Stop(node);
        return changes.Aggregate(AccessSnapshot.Empty, static (current, change) => current.After(change)).VirtualHosts[name].Metadata.Journal;
    }

    private sealed class Places(params string[] journals) : IVirtualHostPlaces
    {
        public Dictionary<string, string?> Kept { get; } = [];

        public Exception? Failure { get; init; }

        public bool Has(string journal) => journals.Contains(journal);

        public async Task<string?> PlaceAsync(string virtualHost, string? journal)
        {
            await Task.Yield();
            if (Failure is { } failure)
            {
                throw failure;
            }

            Kept.TryAdd(virtualHost, journal);
            return Kept[virtualHost];
        }
    }
}

using ActorBroker.Contracts;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

/// <summary>SQLite cannot read a page of the journal's file: what lies on it is lost, and nothing else.</summary>
public sealed class UnreadablePageTests : SqliteJournalTest
{
    private const int EventBytes = 300_000;

    [Fact]
    public async Task An_event_on_an_unreadable_page_is_replayed_as_unreadable_between_the_others()
    {
        const string Names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN";
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Props.Create(() => new Replayed("a")));
            foreach (var name in Names)
            {
                await writer.Ask<Written>(Event(name), Patience);
            }
        });
        Pages.Erase(File, [.. Enumerable.Repeat((byte)'g', 64)]);

        await WithSystem(async system =>
        {
            var replayed = system.ActorOf(Props.Create(() => new Replayed("a")));
            var found = await replayed.Ask<IReadOnlyList<object>>("found", Patience);
            Assert.Contains("SQLite cannot read", Assert.IsType<UnreadableEvent>(found[Names.IndexOf('g')]).Reason, StringComparison.Ordinal);
            Assert.Equal(Names.Replace("g", "", StringComparison.Ordinal), string.Concat(found.OfType<EventSetAside>().Select(static read => read.Reason[0])));
            await replayed.Ask<Written>(Event('O'), Patience);
        });
        await WithSystem(async system =>
            Assert.Equal(41, (await system.ActorOf(Props.Create(() => new Replayed("a"))).Ask<IReadOnlyList<object>>("found", Patience)).Count));
    }

    [Fact]
    public async Task An_older_snapshot_takes_the_place_of_one_on_an_unreadable_page()
    {
        await WithSystem(async system =>
        {
            var writer = system.ActorOf(Props.Create(() => new Replayed("a")));
            await writer.Ask<SaveSnapshotSuccess>(new byte[] { 1 }, Patience);
            await system.ActorOf(Ledger.Props("a")).Ask<Written>((byte)1, Patience);
        });
        await WithSystem(system =>
            system.ActorOf(Props.Create(() => new Replayed("a"))).Ask<SaveSnapshotSuccess>(Enumerable.Repeat((byte)9, EventBytes).ToArray(), Patience));
        Pages.Erase(File, Enumerable.Repeat((byte)9, 64).ToArray());

        await WithSystem(async system =>
        {
            var found = await system.ActorOf(Props.Create(() => new Replayed("a"))).Ask<IReadOnlyList<object>>("found", Patience);
            Assert.Equal([1], Assert.IsType<byte[]>(Assert.IsType<OlderSnapshot>(found[0]).Snapshot));
            Assert.Equal([1], Assert.IsType<byte[]>(found[1]));
        });
    }

    private static EventSetAside Event(char name) => new("", new string(name, EventBytes));

    /// <summary>Keeps what it is offered by its recovery.</summary>
    private sealed class Replayed : ReceivePersistentActor
    {
        private readonly List<object> _found = [];
        private IActorRef _asker = ActorRefs.Nobody;

        public Replayed(string id)
        {
            PersistenceId = id;
            RecoverAny(found =>
            {
                if (found is not RecoveryCompleted)
                {
                    _found.Add(found is SnapshotOffer offer ? offer.Snapshot : found);
                }
            });
            Command<string>(_ => Sender.Tell(_found));
            Command<byte[]>(snapshot =>
            {
                _asker = Sender;
                SaveSnapshot(snapshot);
            });
            Command<EventSetAside>(written =>
            {
                var asker = Sender;
                Persist(written, _ => asker.Tell(new Written()));
            });
            Command<SaveSnapshotSuccess>(saved => _asker.Tell(saved));
        }

        public override string PersistenceId { get; }
    }
}

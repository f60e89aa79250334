using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.PostgreSql;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence.PostgreSql;

/// <summary>Virtual hosts in databases of their own.</summary>
public sealed class SeveralJournalsTests(PostgreSqlFixture postgres) : IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("queue/team%20a:orders", true)]
    [InlineData("exchange/team%20a:orders", true)]
    [InlineData("catalogue/team%20a", true)]
    [InlineData("queue/team:a", false)]
    [InlineData("catalogue/%2F", false)]
    [InlineData("access/access", false)]
    public async Task What_belongs_to_a_virtual_host_is_kept_where_that_is(string persistenceId, bool isInFurther)
    {
        var (main, further) = (await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync());
        for (var start = 0; start < 2; start++)
        {
            await UseAsync(main, [In("archive", further, "team a")], async system =>
            {
                var entity = system.ActorOf(Props.Create(() => new Kept(persistenceId)));
                Assert.Equal(start, await entity.Ask<int>("count", Patience));
                await entity.Ask<SaveSnapshotSuccess>("write", Patience);
                List<StoredEvent> read = [];
                await foreach (var found in new JournalReader(system).ReadAsync(persistenceId, 1, 10))
                {
                    read.Add(found);
                }

                Assert.Equal(start + 1, read.Count);
            });
        }

        var expected = $"{persistenceId}|2\n{persistenceId}|2";
        const string counts = "SELECT persistence_id, count(*) FROM journal GROUP BY 1 UNION ALL SELECT persistence_id, count(*) FROM snapshot GROUP BY 1";
        Assert.Equal(isInFurther ? "" : expected, await InAsync(main, counts));
        Assert.Equal(isInFurther ? expected : "", await InAsync(further, counts));
    }

    [Fact]
    public async Task A_virtual_host_stays_where_it_was_first_used()
    {
        var (main, a, b) = (await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync());
        await UseAsync(main, [In("a", a, "team")], static _ => Task.CompletedTask);

        var moved = await Assert.ThrowsAsync<StartupException>(() => UseAsync(main, [In("a", a), In("b", b, "team")], static _ => Task.CompletedTask));
        var forgotten = await Assert.ThrowsAsync<StartupException>(() => UseAsync(main, [], static _ => Task.CompletedTask));

        Assert.Equal("actorbroker.journals.b: virtual host team is kept in the journal a", moved.Message);
        Assert.Equal("actorbroker.journals: virtual host team is kept in the journal a, and there is no section of that name", forgotten.Message);
    }

    [Fact]
    public async Task A_virtual_host_that_the_main_journal_has_stays_there()
    {
        var (main, a) = (await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync());
        await UseAsync(main, [], static system => system.ActorOf(Props.Create(() => new Kept("catalogue/%2F"))).Ask<SaveSnapshotSuccess>("write", Patience));

        var refused = await Assert.ThrowsAsync<StartupException>(() => UseAsync(main, [In("a", a, "/")], static _ => Task.CompletedTask));

        Assert.Equal("actorbroker.journals.a: virtual host / is kept in the main journal", refused.Message);
    }

    [Fact]
    public async Task A_virtual_host_that_is_placed_while_nodes_run_is_found_there_by_all_of_them()
    {
        var (main, a, b) = (await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync());
        string[][] both = [In("a", a), In("b", b)];
        await UseAsync(main, both, async first => await UseAsync(main, both, async second =>
        {
            var places = JournalPlugins.PlacesOf(first)!;
            Assert.Equal((true, false), (places.Has("a"), places.Has("")));
            Assert.Equal("a", await places.PlaceAsync("team a", "a"));
            Assert.Equal("a", await JournalPlugins.PlacesOf(second)!.PlaceAsync("team a", "b"));
            foreach (var (system, id) in new[] { (first, "queue/team%20a:one"), (second, "catalogue/team%20a") })
            {
                await system.ActorOf(Props.Create(() => new Kept(id))).Ask<SaveSnapshotSuccess>("write", Patience);
            }
        }));

        const string ids = "SELECT persistence_id FROM journal ORDER BY 1";
        Assert.Equal(("", "catalogue/team%20a\nqueue/team%20a:one", ""), (await InAsync(main, ids), await InAsync(a, ids), await InAsync(b, ids)));

        // A start that does not say it remembers it, and needs the journal.
        await UseAsync(main, both, async system => Assert.Equal(
            1, await system.ActorOf(Props.Create(() => new Kept("catalogue/team%20a"))).Ask<int>("count", Patience)));
        var refused = await Assert.ThrowsAsync<StartupException>(() => UseAsync(main, [In("b", b)], static _ => Task.CompletedTask));
        Assert.Equal("actorbroker.journals: virtual host team a is kept in the journal a, and there is no section of that name", refused.Message);
    }

    [Fact]
    public async Task A_virtual_host_whose_first_entity_was_in_the_main_journal_stays_there()
    {
        var (main, a) = (await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync());
        await UseAsync(main, [In("a", a)], async system =>
        {
            await system.ActorOf(Props.Create(() => new Kept("queue/team:one"))).Ask<int>("count", Patience);
            Assert.Null(await JournalPlugins.PlacesOf(system)!.PlaceAsync("team", "a"));
        });

        // Its name would not be readable in the ids of its entities.
        await UseAsync(main, [In("a", a)], static async system => Assert.Null(await JournalPlugins.PlacesOf(system)!.PlaceAsync(new string('x', 91), "a")));
        await UseAsync(main, [], static system =>
        {
            Assert.Null(JournalPlugins.PlacesOf(system));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Of_a_deleted_queue_its_last_number_stays_for_a_while()
    {
        var database = await postgres.NewDatabaseAsync();
        await UseAsync(database, [], async system =>
        {
            foreach (var id in new[] { "queue/%2F:gone", "queue/%2F:kept", "catalogue/gone" })
            {
                var entity = system.ActorOf(Props.Create(() => new Kept(id)));
                await entity.Ask<SaveSnapshotSuccess>("write", Patience);
                await entity.Ask<DeleteMessagesSuccess>("delete", Patience);
            }
        });
        await InAsync(database, "DELETE FROM snapshot WHERE persistence_id <> 'queue/%2F:kept'");
        await using var journal = await PostgreSqlJournal.OpenAsync(PostgreSqlSystem.Options(database), static _ => { });

        await journal.Upkeep.DropGoneAsync(DateTime.UtcNow.AddMinutes(-10));
        Assert.Equal("3", await InAsync(database, "SELECT count(*) FROM journal WHERE deleted"));
        await journal.Upkeep.DropGoneAsync(DateTime.UtcNow.AddMinutes(1));

        Assert.Equal("catalogue/gone\nqueue/%2F:kept", await InAsync(database, "SELECT persistence_id FROM journal ORDER BY 1"));
    }

    private static string[] In(string name, string database, params string[] virtualHosts) =>
    [
        $"actorbroker.journals.{name}.connection-string={database}",
        $"actorbroker.journals.{name}.virtual-hosts=[{string.Join(", ", virtualHosts.Select(static virtualHost => $"\"{virtualHost}\""))}]",
    ];

    private static async Task UseAsync(string main, string[][] further, Func<ActorSystem, Task> use)
    {
        var config = BrokerConfiguration.LoadPart(
            BrokerConfiguration.Test,
            null,
            [
                "actorbroker.journal.provider=postgresql", $"actorbroker.journal.connection-string={main}", "akka.actor.provider=local", "akka.actor.serialize-messages=off", "akka.loglevel=OFF",
                .. further.SelectMany(static settings => settings),
            ]);
        var options = BrokerOptions.Read(config);
        await using var journals = await JournalStores.OpenAsync(folder: null, options.Journal, options.Journals, static _ => { });
        var system = ActorSystem.Create("journals", journals.SetupOf(config));
        try
        {
            await use(system);
        }
        finally
        {
            await system.Terminate();
        }
    }

    private Task<string> InAsync(string connectionString, string statements) =>
        postgres.Server.ExecuteAsync(statements, PostgreSqlJournalTests.NameOf(connectionString));

    private sealed class Kept : ReceivePersistentActor
    {
        private int _count;
        private IActorRef _asker = ActorRefs.Nobody;

        public Kept(string id)
        {
            PersistenceId = id;
            JournalPluginId = JournalPlugins.JournalOf(Context.System, id);
            SnapshotPluginId = JournalPlugins.SnapshotsOf(Context.System, id);
            Recover<byte[]>(_ => _count++);
            Recover<SnapshotOffer>(offer => _count = ((byte[])offer.Snapshot)[0]);
            Command<string>(text => text == "count", _ => Sender.Tell(_count));
            Command<string>(text => text == "write", _ =>
            {
                _asker = Sender;
                Persist(new byte[1], _ => SaveSnapshot(new[] { (byte)++_count }));
            });
            Command<string>(text => text == "delete", _ =>
            {
                _asker = Sender;
                DeleteMessages(LastSequenceNr);
            });
            Command<SaveSnapshotSuccess>(saved => _asker.Tell(saved));
            Command<DeleteMessagesSuccess>(deleted => _asker.Tell(deleted));
        }

        public override string PersistenceId { get; }
    }
}

using System.Collections.Immutable;
using ActorBroker.Broker.Persistence;
using Akka.Actor;
using Npgsql;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence.PostgreSql;

/// <summary>The connection is lost at the moment of a commit, on either side of it, and the database for a while.</summary>
public sealed class CommitInDoubtTests(PostgreSqlFixture postgres) : IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(ProxyFault.CutAnswers, 1, 1)]
    [InlineData(ProxyFault.CutAnswers, 4, 1)]
    [InlineData(ProxyFault.CutAnswers, 2, 40)]
    [InlineData(ProxyFault.CutRequests, 1, 1)]
    [InlineData(ProxyFault.CutRequests, 3, 40)]
    public async Task A_write_whose_commit_nobody_answered_is_in_the_journal_once_when_it_is_confirmed(ProxyFault fault, int times, int writers)
    {
        var database = await postgres.NewDatabaseAsync();
        using var proxy = CutProxy.Start(postgres.Server.Port);
        await PostgreSqlSystem.UseAsync(Through(proxy, database), async system =>
        {
            var entities = Enumerable.Range(0, writers).Select(index => system.ActorOf(Ledger.Props($"entity-{index}"))).ToList();
            await Task.WhenAll(entities.Select(entity => entity.Ask<Written>((byte)1, Patience)));

            proxy.Set(fault, times);
            await Task.WhenAll(entities.Select(entity => entity.Ask<Written>((byte)2, Patience)));
            await Task.WhenAll(entities.Select(entity => entity.Ask<Written>((byte)3, Patience)));
        });

        Assert.Equal(times, proxy.Cuts);
        Assert.Equal(
            $"1|{writers}\n2|{writers}\n3|{writers}",
            await postgres.Server.ExecuteAsync("SELECT sequence_number, count(*) FROM journal GROUP BY 1 ORDER BY 1", PostgreSqlJournalTests.NameOf(database)));
    }

    [Fact]
    public Task A_write_in_doubt_fails_when_its_number_turns_out_to_be_another_incarnations() => WithTwoIncarnationsAsync(async (first, second, proxy) =>
    {
        proxy.Set(ProxyFault.CutRequests);
        var inDoubt = first.Ask<object>((byte)2, Patience);

        // The same content: it is the row that counts.
        await second.Ask<Written>((byte)2, Patience);
        proxy.Set(ProxyFault.None);

        Assert.Contains("23505", Assert.IsType<NotWritten>(await inDoubt).Reason, StringComparison.Ordinal);
        await second.Ask<Written>((byte)3, Patience);
    }, left: [1, 2, 3]);

    [Fact]
    public async Task While_nobody_gets_through_everything_is_rejected_and_may_be_there_all_the_same_if_it_was_in_doubt()
    {
        var database = await postgres.NewDatabaseAsync();
        using var proxy = CutProxy.Start(postgres.Server.Port);
        async Task UseAsync(ActorSystem system)
        {
            var (doubtful, other) = (system.ActorOf(Ledger.Props("doubtful")), system.ActorOf(Ledger.Props("other")));
            await Task.WhenAll(doubtful.Ask<Written>((byte)1, Patience), other.Ask<Written>((byte)1, Patience));
            proxy.Set(ProxyFault.CutAnswers);
            var inDoubt = doubtful.Ask<object>((byte)2, Patience);
            while (proxy.Cuts == 0)
            {
                await Task.Delay(1);
            }

            proxy.Set(ProxyFault.Refuse);
            for (var attempt = 0; attempt < 3; attempt++)
            {
                Assert.Contains(nameof(JournalUnavailableException), (await other.Ask<NotWritten>((byte)2, Patience)).Reason, StringComparison.Ordinal);
            }

            Assert.Contains(nameof(JournalUnavailableException), Assert.IsType<NotWritten>(await inDoubt).Reason, StringComparison.Ordinal);
            proxy.Set(ProxyFault.None);
            await Task.WhenAll(doubtful.Ask<Written>((byte)3, Patience), other.Ask<Written>((byte)3, Patience));
            Assert.Equal([1, 2, 3], await system.ActorOf(Ledger.Props("doubtful")).Ask<ImmutableList<byte>>("values", Patience));
            Assert.Equal([1, 3], await system.ActorOf(Ledger.Props("other")).Ask<ImmutableList<byte>>("values", Patience));
        }

        // Another writer might have an idle connection left, by which its write would be in doubt, too.
        await PostgreSqlSystem.UseAsync(Through(proxy, database), UseAsync, "actorbroker.journal.writers=1");
    }

    [Fact]
    public Task Whoever_was_kept_from_writing_does_not_go_on_behind_what_another_incarnation_has_written() => WithTwoIncarnationsAsync(async (first, second, proxy) =>
    {
        proxy.Set(ProxyFault.Refuse);
        await RejectedAsync(first, 2);
        await RejectedAsync(first, 2);
        await second.Ask<Written>((byte)3, Patience);
        proxy.Set(ProxyFault.None);

        // Its next number is still free.
        Assert.Contains("23505", (await first.Ask<NotWritten>((byte)2, Patience)).Reason, StringComparison.Ordinal);
        await second.Ask<Written>((byte)4, Patience);
    }, left: [1, 3, 4]);

    [Fact]
    public Task Whoever_was_kept_from_writing_leaves_no_number_to_another_incarnation_when_it_goes_on() => WithTwoIncarnationsAsync(async (first, second, proxy) =>
    {
        proxy.Set(ProxyFault.Refuse);
        await RejectedAsync(first, 2);
        proxy.Set(ProxyFault.None);
        await first.Ask<Written>((byte)2, Patience);

        Assert.Contains("23502", (await second.Ask<NotWritten>((byte)3, Patience)).Reason, StringComparison.Ordinal);
        await first.Ask<Written>((byte)4, Patience);
    }, left: [1, 2, 4]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_goes_and_comes_back_costs_nobody_what_was_confirmed(bool crashes)
    {
        var database = await postgres.NewDatabaseAsync();
        await PostgreSqlSystem.UseAsync(database, async system =>
        {
            var entities = Enumerable.Range(0, 10).Select(index => system.ActorOf(Ledger.Props($"entity-{index}"))).ToList();
            await Task.WhenAll(entities.Select(entity => entity.Ask<Written>((byte)1, Patience)));
            var known = entities.Select(static _ => new List<byte> { 1 }).ToList();
            using var stop = new CancellationTokenSource();
            var writing = entities.Select((entity, index) => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (await entity.Ask<object>((byte)(known[index].Count + 1), Patience) is Written)
                    {
                        known[index].Add((byte)(known[index].Count + 1));
                    }
                    else
                    {
                        await Task.Delay(5);
                    }
                }
            })).ToList();

            await (crashes ? postgres.Server.StopImmediateAsync() : postgres.Server.StopFastAsync());
            var late = system.ActorOf(Ledger.Props("late")).Ask<ImmutableList<byte>>("values", Patience);
            var read = ReadAsync(system);
            Assert.False(late.IsCompleted);
            Assert.False(read.IsCompleted);
            await postgres.Server.StartAgainAsync();

            // Recovery and reads waited.
            Assert.Empty(await late);
            Assert.Equal([1], await read);
            await entities[0].Ask<ImmutableList<byte>>("values", Patience);
            await stop.CancelAsync();
            await Task.WhenAll(writing);
            Assert.All(await Task.WhenAll(entities.Select(entity => entity.Ask<object>((byte)0, Patience))), static answer => Assert.IsType<Written>(answer));
            for (var index = 0; index < entities.Count; index++)
            {
                // What was rejected in doubt, and written again, may be there twice.
                var found = await system.ActorOf(Ledger.Props($"entity-{index}")).Ask<ImmutableList<byte>>("values", Patience);
                Assert.Equal(known[index].Append((byte)0), found.Where((value, at) => at == 0 || found[at - 1] != value));
            }
        });
    }

    // The first has written 1, and what it sends can be cut; the second has read that.
    private async Task WithTwoIncarnationsAsync(Func<IActorRef, IActorRef, CutProxy, Task> test, byte[] left)
    {
        var database = await postgres.NewDatabaseAsync();
        using var proxy = CutProxy.Start(postgres.Server.Port);
        await PostgreSqlSystem.UseAsync(Through(proxy, database), here => PostgreSqlSystem.UseAsync(database, async there =>
        {
            var first = here.ActorOf(Ledger.Props("a"));
            await first.Ask<Written>((byte)1, Patience);
            var second = there.ActorOf(Ledger.Props("a"));
            await second.Ask<ImmutableList<byte>>("values", Patience);
            await test(first, second, proxy);
            Assert.Equal(left, await there.ActorOf(Ledger.Props("a")).Ask<ImmutableList<byte>>("values", Patience));
        }));
    }

    private static async Task<List<byte>> ReadAsync(ActorSystem system)
    {
        List<byte> found = [];
        await foreach (var (_, written) in new JournalReader(system).ReadAsync("entity-0", 1, 1))
        {
            found.Add(((byte[])written)[0]);
        }

        return found;
    }

    private static string Through(CutProxy proxy, string database) =>
        new NpgsqlConnectionStringBuilder(database) { Port = proxy.Port, Timeout = 5 }.ConnectionString;

    // On a connection that was idle it may be in doubt first.
    private static async Task RejectedAsync(IActorRef entity, byte value) =>
        Assert.Contains(nameof(JournalUnavailableException), (await entity.Ask<NotWritten>(value, Patience)).Reason, StringComparison.Ordinal);
}

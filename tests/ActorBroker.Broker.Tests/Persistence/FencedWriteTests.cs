using System.Collections.Immutable;
using ActorBroker.Broker.Persistence;
using ActorBroker.Broker.Persistence.Sqlite;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

/// <summary>Writes of many entities are committed together; one that must not be written takes no other with it.</summary>
public sealed class FencedWriteTests : SqliteJournalTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public async Task Only_stale_incarnations_fail_of_all_that_are_committed_together(int staleCount)
    {
        await WithSystem(async system =>
        {
            var stale = Enumerable.Range(0, staleCount).Select(index => system.ActorOf(Ledger.Props($"fenced-{index}"))).ToList();
            await Task.WhenAll(stale.Select(entity => entity.Ask<ImmutableList<byte>>("values", Patience)));
            foreach (var index in Enumerable.Range(0, staleCount))
            {
                await system.ActorOf(Ledger.Props($"fenced-{index}")).Ask<Written>((byte)1, Patience);
            }

            var others = Enumerable.Range(0, 30).Select(index => system.ActorOf(Ledger.Props($"other-{index}"))).ToList();
            await Task.WhenAll(others.Select(entity => entity.Ask<ImmutableList<byte>>("values", Patience)));

            List<Task<object>> written;
            List<Task<NotWritten>> fenced;
            using (var holder = new SqliteConnectionSettings(File, Options()).Open())
            {
                // While the first of them waits for the file, the rest becomes one commit.
                SqliteConnectionSettings.Execute(holder, "BEGIN IMMEDIATE");
                written = others[..15].ConvertAll(entity => entity.Ask<object>((byte)2, Patience));
                fenced = stale.ConvertAll(entity => entity.Ask<NotWritten>((byte)3, Patience));
                written.AddRange(others[15..].ConvertAll(entity => entity.Ask<object>((byte)2, Patience)));
                SqliteConnectionSettings.Execute(holder, "ROLLBACK");
            }

            Assert.All(await Task.WhenAll(fenced), static failure => Assert.Contains("UNIQUE", failure.Reason, StringComparison.Ordinal));
            Assert.All(await Task.WhenAll(written), static answer => Assert.IsType<Written>(answer));
            Assert.All(
                await Task.WhenAll(others.Select(entity => entity.Ask<Written>((byte)4, Patience))), Assert.NotNull);
        });

        await WithSystem(async system =>
        {
            foreach (var index in Enumerable.Range(0, staleCount))
            {
                Assert.Equal([1], await system.ActorOf(Ledger.Props($"fenced-{index}")).Ask<ImmutableList<byte>>("values", Patience));
            }

            Assert.Equal([2, 4], await system.ActorOf(Ledger.Props("other-29")).Ask<ImmutableList<byte>>("values", Patience));
        });
    }

    [Fact]
    public async Task Of_two_incarnations_that_write_the_same_number_in_one_commit_one_has_it()
    {
        await WithSystem(async system =>
        {
            var first = system.ActorOf(Ledger.Props("same"));
            var second = system.ActorOf(Ledger.Props("same"));
            var other = system.ActorOf(Ledger.Props("other"));
            await Task.WhenAll(new[] { first, second, other }.Select(entity => entity.Ask<ImmutableList<byte>>("values", Patience)));

            List<Task<object>> same;
            Task<object> beside;
            using (var holder = new SqliteConnectionSettings(File, Options()).Open())
            {
                SqliteConnectionSettings.Execute(holder, "BEGIN IMMEDIATE");
                var before = system.ActorOf(Ledger.Props("before")).Ask<object>((byte)1, Patience);
                same = [first.Ask<object>((byte)2, Patience), second.Ask<object>((byte)3, Patience)];
                beside = other.Ask<object>((byte)4, Patience);
                SqliteConnectionSettings.Execute(holder, "ROLLBACK");
                Assert.IsType<Written>(await before);
            }

            var answers = await Task.WhenAll(same);
            Assert.Single(answers, static answer => answer is Written);
            Assert.Contains("UNIQUE", Assert.Single(answers.OfType<NotWritten>()).Reason, StringComparison.Ordinal);
            Assert.IsType<Written>(await beside);
        });
    }
}

using ActorBroker.Broker.Access;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>What a start reads, on the real journal.</summary>
public sealed class AccessSnapshotTests : IDisposable
{
    private const string FirstEvent = "SELECT min(sequence_number) FROM journal WHERE NOT deleted";
    private const string SnapshotCount = "SELECT count(*) FROM snapshot";

    private static readonly Origin Someone = new("operator", "here", DateTimeOffset.UnixEpoch);

    private readonly AccessStore _store = new();

    private static AccessSettings Never { get; } = With(int.MaxValue);

    [Fact]
    public async Task A_start_reads_a_snapshot_and_what_came_after_it()
    {
        var before = await _store.UseAsync(With(10), async access =>
        {
            await ChangeALotAsync(access);
            Assert.InRange(await _store.ToldAsync(FirstEvent, static first => first > 50), 50, 100);
            Assert.InRange(await _store.ToldAsync(SnapshotCount, static count => count <= 2), 1, 2);
            return await AccessStore.TableAsync(access);
        });

        Assert.Equal(before.Select(Text), (await _store.UseAsync(With(10), AccessStore.TableAsync)).Select(Text));
        Assert.Contains(before, static change => change is VirtualHostDescribed { Metadata: { Description: "d", DefaultQueueType: QueueType.Quorum, IsProtected: true } });
    }

    [Fact]
    public async Task A_journal_without_snapshots_as_earlier_versions_wrote_it_is_read_and_gets_one()
    {
        var before = await _store.UseAsync(Never, async access =>
        {
            await ChangeALotAsync(access);
            return await AccessStore.TableAsync(access);
        });
        Assert.Equal(0, await _store.ToldAsync(SnapshotCount, static _ => true));

        var after = await _store.UseAsync(With(10), async access =>
        {
            var table = await AccessStore.TableAsync(access);
            Assert.Equal(1, await _store.ToldAsync(SnapshotCount, static count => count == 1));
            return table;
        });

        Assert.Equal(before.Select(Text), after.Select(Text));
        Assert.Equal(before.Select(Text), (await _store.UseAsync(Never, AccessStore.TableAsync)).Select(Text));
    }

    [Fact]
    public async Task Snapshots_that_cannot_be_read_are_made_good_by_the_one_before_and_events_or_nobody_is_let_in()
    {
        var before = await _store.UseAsync(With(10), async access =>
        {
            await ChangeALotAsync(access);
            Assert.Equal(2, await _store.ToldAsync(SnapshotCount, static count => count == 2));
            return await AccessStore.TableAsync(access);
        });

        _store.Read("UPDATE snapshot SET snapshot = X'00' WHERE sequence_number = (SELECT max(sequence_number) FROM snapshot)", static _ => 0);
        Assert.Equal(before.Select(Text), (await _store.UseAsync(Never, AccessStore.TableAsync)).Select(Text));

        _store.Read("UPDATE snapshot SET snapshot = X'00'", static _ => 0);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _store.UseAsync(Never, AccessStore.TableAsync));
    }

    public void Dispose() => _store.Dispose();

    private static AccessSettings With(int events) =>
        Started.With(new AccessOptions("guest", "secret", "/", new HashSet<string>())) with { SnapshotAfterEvents = events };

    // Records print lists by their types.
    private static string Text(AccessEvent change) => change switch
    {
        UserCreated created => $"{created} {string.Join(',', created.User.Tags)} {created.User.PasswordHash}",
        VirtualHostDescribed described => $"{described with { Metadata = described.Metadata with { Tags = [] } }} {string.Join(',', described.Metadata.Tags)}",
        _ => $"{change}",
    };

    private static async Task ChangeALotAsync(IActorRef access)
    {
        AccessChange[] changes =
        [
            new CreateVirtualHost(1, "v", new VirtualHostMetadata("d", ["a", "b"], QueueType.Quorum, IsProtected: true), Someone),
            new CreateVirtualHost(1, "w", null, Someone),
            new SetVirtualHostLimits(1, "w", 5, Someone),
            new SetGlobalParameter(1, "p", """{"a":1}""", Someone),
            .. Enumerable.Range(0, 20).SelectMany(static i => (AccessChange[])
            [
                new PutUser(1, $"u{i}", PasswordHash.Create(PasswordHashing.Sha256, [1, 2, 3, (byte)i], "secret"), PasswordHashing.Sha256, ["monitoring"], Someone),
                new PutPermission(1, $"u{i}", "w", new Permission($"c{i}", "w", "r"), Someone),
                new PutTopicPermission(1, $"u{i}", "w", "x", new TopicPermission("w", "r"), Someone),
                new SetUserLimits(1, $"u{i}", new UserLimits(i, null), Someone),
            ]),
            new DeleteUser(1, "u3", Someone),
            new ClearPermission(1, "u4", "w", Someone),
        ];
        foreach (var change in changes)
        {
            // What it sets in motion in a catalogue is waited for, and there is none.
            if (change is CreateVirtualHost { Metadata.DefaultQueueType: not null })
            {
                access.Tell(change);
            }
            else
            {
                await AccessStore.ChangeAsync(access, change);
            }
        }
    }
}

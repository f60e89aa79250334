using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts;
using Akka.Persistence;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

/// <summary>What an entity learns about the replay of its journal.</summary>
public sealed class ReplayCheckTests
{
    private static readonly UnreadableEvent Unreadable = new("xe-bound1c", "Its checksum does not match.");

    [Fact]
    public void Snapshot_and_the_events_behind_it_are_whole()
    {
        var check = new ReplayCheck();

        Assert.Equal("snapshot", check.Look(Offer("snapshot", 4), 4));
        Assert.Equal("event", check.Look("event", 5));
        check.Look(RecoveryCompleted.Instance, 5);

        Assert.Null(check.Damage);
        Assert.False(check.HasSkipped);
    }

    [Fact]
    public void An_unreadable_event_is_damage()
    {
        var check = new ReplayCheck();
        check.Look("event", 1);

        Assert.Null(check.Look(Unreadable, 2));
        Assert.Equal("event 2: Its checksum does not match.", check.Damage);
    }

    [Fact]
    public void An_event_that_was_set_aside_is_none()
    {
        var check = new ReplayCheck();

        Assert.Null(check.Look(new EventSetAside("xe-bound1c", "why"), 1));
        check.Look("event", 2);

        Assert.Null(check.Damage);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, false)]
    public void Without_a_readable_snapshot_all_events_must_be_there(long trimmedTo, bool isWhole)
    {
        var check = new ReplayCheck(trimsWithoutSnapshot: true);

        Assert.Null(check.Look(Offer(Unreadable, 0), 0));
        check.Look("event", trimmedTo + 1);

        Assert.Equal(isWhole, check.Damage is null);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(9, true)]
    public void Behind_an_older_snapshot_events_may_be_gone(long first, bool hasSkipped)
    {
        var check = new ReplayCheck();

        Assert.Equal("older", check.Look(Offer(new OlderSnapshot("older"), 4), 4));
        check.Look("event", first);

        Assert.Null(check.Damage);
        Assert.Equal(hasSkipped, check.HasSkipped);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Behind_the_newest_snapshot_none_may_be_missing(bool trimsWithoutSnapshot)
    {
        var check = new ReplayCheck(trimsWithoutSnapshot);
        check.Look(Offer("snapshot", 4), 4);
        check.Look("event", 7);

        Assert.Equal("events 5 to 6 are missing", check.Damage);
    }

    [Fact]
    public void Who_trims_without_a_snapshot_starts_anywhere()
    {
        var check = new ReplayCheck(trimsWithoutSnapshot: true);
        check.Look("event", 7);

        Assert.Null(check.Damage);
        Assert.Equal(7, check.First);
    }

    private static SnapshotOffer Offer(object snapshot, long sequenceNr) =>
        new(new SnapshotMetadata("id", sequenceNr, DateTime.MinValue), snapshot);
}

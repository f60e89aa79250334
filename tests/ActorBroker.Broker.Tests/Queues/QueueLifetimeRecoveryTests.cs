using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>What a queue that takes a snapshot every few events knows of its messages' past when it wakes from one.</summary>
public sealed class QueueLifetimeRecoveryTests() : QueueLifetimeSpec(Roomy with { SnapshotAfterEvents = 1 })
{
    private static readonly (string, ArgumentValue) DropsBytes = ("x-max-length-bytes", Number(3));

    [Fact]
    public void Counts_of_returns_come_back_from_a_snapshot()
    {
        var queue = Declare(With(Quorum));
        Send(queue, 1, Message("a"));
        Confirmed(Client, 1);
        Consume(queue, Client);
        for (var failures = 1; failures <= 3; failures++)
        {
            Next(Client);
            Settle(queue, Client, SettleOutcome.Failed, new PositionRange(0, 1));
        }

        Next(Client);
        AwaitReturnsWritten(3);
        AwaitSnapshot();
        Restart(queue);
        Consume(Resolve(), Client);

        var again = Next(Client);
        Assert.Equal((true, 3, 3), (again.Redelivered, again.DeliveryCount, again.AcquiredCount));
    }

    [Fact]
    public void Duplicates_are_known_from_a_snapshot_though_the_message_itself_has_left()
    {
        var queue = Declare(With(("x-message-deduplication", ArgumentValue.FromBoolean(true)), ("x-cache-size", Number(10))));
        Send(queue, 1, Identified("a", "1"));
        Confirmed(Client, 1);
        Assert.Equal("a", Get(queue));
        Send(queue, 2, Identified("b", "2"));
        Confirmed(Client, 2);
        AwaitSnapshot();
        Restart(queue);
        var next = Resolve();
        Send(next, 1, Identified("a again", "1"), Identified("c", "3"));
        Confirmed(Client, 1);

        Assert.Equal(["b", "c", null], Enumerable.Range(0, 3).Select(_ => Get(next)));
    }

    [Fact]
    public void A_limit_of_bytes_drops_the_oldest_before_and_after_a_restart()
    {
        var queue = Declare(With(DropsBytes));
        Send(queue, 1, Message("aa"), Message("b"), Message("c"));
        Confirmed(Client, 1);
        AwaitLeft(0);
        Restart(queue);
        var next = Resolve();
        Send(next, 1, Message("dd"));
        Confirmed(Client, 1);

        Assert.Equal(["c", "dd", null], Enumerable.Range(0, 3).Select(_ => Get(next)));
    }

    [Fact]
    public void What_a_full_queue_refuses_arrives_at_the_dead_letter_exchange()
    {
        var queue = Declare(With([.. ToDead, ("x-max-length", Number(1)), ("x-overflow", ArgumentValue.FromString("reject-publish-dlx"))]));
        var dead = DeclareDead();
        Send(queue, 1, Message("a"), Message("b"));

        Assert.Equal([1], Client.ExpectMsg<PublishRejected>().Indexes);
        AwaitAssert(() => Assert.Equal("b", Get(dead)));
        Assert.Equal(["a", null], Enumerable.Range(0, 2).Select(_ => Get(queue)));
    }

    /// <summary>At most once: it has gone on when the journal hears of it, so that a failure may repeat it and never lose it.</summary>
    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_dead_letter_whose_leaving_cannot_be_written_has_gone_on_and_is_ready_again(JournalFault fault)
    {
        var queue = Declare(With([.. ToDead, Quorum]));
        var dead = DeclareDead();
        Send(queue, 1, Message("a"));
        Confirmed(Client, 1);
        Consume(queue, Client);
        Next(Client);
        Journal.Hold(JournalId);
        Settle(queue, Client, SettleOutcome.Rejected, new PositionRange(0, 1));
        AwaitAssert(() => Assert.Equal("a", Get(dead)));
        Advance(FlushInterval);
        ReadyCount();
        FailHeldWrite(queue, fault);

        Assert.Equal("a", Get(Resolve()));
    }

    [Fact]
    public void Who_has_declared_the_queue_is_known_from_its_event_and_from_a_snapshot()
    {
        var queue = Declare(With(Quorum));
        Assert.Equal(Someone.User, DeclaredBy());
        Restart(queue);
        queue = Resolve();
        Assert.Equal(Someone.User, DeclaredBy());
        Send(queue, 1, Message("a"));
        Confirmed(Client, 1);
        AwaitSnapshot();
        Restart(queue);
        Resolve();
        Assert.Equal(Someone.User, DeclaredBy());
    }

    private string DeclaredBy()
    {
        Queues.Tell(new DescribeQueue(Key, 9), Asker.Ref);
        return Asker.FishForMessage<QueueDescribed>(static _ => true).DeclaredBy;
    }

    private static Core.Tests.Messages.TestMessage Identified(string body, string identity) =>
        Message(body, new BasicProperties { Headers = ArgumentTable.Of(("x-deduplication-header", ArgumentValue.FromString(identity))) });

    private void AwaitReturnsWritten(int failed) => AwaitAssert(() =>
    {
        ReadyCount();
        Advance(FlushInterval);
        var last = Events.OfType<MessagesWritten>().SelectMany(static written => written.Write.Notes.Returns).Last();
        Assert.Equal(failed, Core.Queues.Lifetime.ReturnCounts.Unpack(last.Value).Failed);
    });

    // Of all that is in the journal.
    private void AwaitSnapshot() => AwaitAssert(() =>
    {
        ReadyCount();
        Advance(FlushInterval);
        ReadyCount();
        Akka.Persistence.Persistence.Instance.Apply(Sys).SnapshotStoreFor(string.Empty).Tell(
            new LoadSnapshot(JournalId, SnapshotSelectionCriteria.Latest, long.MaxValue), Asker.Ref);
        var snapshot = Asker.ExpectMsg<LoadSnapshotResult>().Snapshot;
        Assert.Equal(Journal.Written(JournalId)[^1].SequenceNr, snapshot?.Metadata.SequenceNr);
    });

    private void AwaitLeft(params long[] positions) => AwaitAssert(() =>
    {
        ReadyCount();
        Advance(FlushInterval);
        Assert.Equal(positions, SettledInJournal());
    });
}

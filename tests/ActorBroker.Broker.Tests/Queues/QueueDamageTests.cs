using ActorBroker.Contracts;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>A queue whose journal holds damaged events. The declaration is event 1, so message i is event i + 2.</summary>
public sealed class QueueDamageTests() : QueueActorSpec(Roomy with { SegmentBytes = 100, ResidentBytes = 200 })
{
    private const int Count = 20;

    [Fact]
    public void A_damaged_event_costs_its_messages_when_it_is_read_back_and_the_rest_goes_on()
    {
        var queue = Backlog();
        Damage(10);
        Consume(queue, Client);

        Assert.Equal(Enumerable.Range(0, Count).Where(static i => i != 8).Select(Body), Delivered(Client, Count - 1));
        Assert.Equal(1, Described().LostCount);
        Assert.Equal(0, ReadyCount());
        Settle(queue, Client, 0, Count);
        ReadyCount();
        Advance(FlushInterval);
        AwaitEvents(Count + 2);
        Restart(queue);
        Assert.Null(Get(Resolve()));
    }

    [Fact]
    public void A_damaged_event_costs_its_messages_in_recovery_and_the_rest_goes_on()
    {
        var queue = Backlog();
        StopAndAwait(queue);
        Damage(10);
        Damage(Count + 1);
        var next = Resolve();

        Assert.Equal(2, Described().LostCount);
        Assert.Equal(Count - 2, ReadyCount());
        PublishConfirmed(next, 1, "new");
        Consume(next, Client);
        Assert.Equal(
            [.. Enumerable.Range(0, Count - 1).Where(static i => i != 8).Select(Body), "new"],
            Delivered(Client, Count - 1));
    }

    [Fact]
    public void An_event_that_was_repaired_is_no_damage_any_more()
    {
        var queue = Backlog();
        StopAndAwait(queue);
        Journal.Replace(JournalId, 10, new MessagesWritten(0, new QueueWrite([], [], 0)) { Lost = [new PositionRange(8, 1)] });
        Journal.Replace(JournalId, 12, new EventSetAside("qe-written1", "why"));
        Consume(Resolve(), Client);

        Assert.Equal(Enumerable.Range(0, Count).Where(static i => i is not (8 or 10)).Select(Body), Delivered(Client, Count - 2));
    }

    [Fact]
    public void A_queue_whose_definition_is_damaged_refuses_and_is_there_again_when_it_is_repaired()
    {
        var queue = Backlog();
        StopAndAwait(queue);
        Journal.Replace(JournalId, 1, new UnreadableEvent("qe-declared1c", "Its checksum does not match."));
        Queues.Tell(new ResolveQueue(Key, 7), Client.Ref);
        var refusal = Client.ExpectMsg<QueueAnswered>().Refusal;

        Assert.Equal(RefusalReason.Damaged, refusal?.Reason);
        Assert.Contains("checksum", refusal!.Text, StringComparison.Ordinal);
        Queues.Tell(new DeclareQueue(Key, 8, Durable, false, Someone), Client.Ref);
        Assert.Equal(RefusalReason.Damaged, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        Queues.Tell(new AddBindingSource(Key, "b", "e", null, true), Client.Ref);
        Assert.Equal(RefusalReason.Damaged, Client.ExpectMsg<BindingSourceAnswered>().Refusal?.Reason);
        Assert.Equal(RefusalReason.Damaged, Described().Refusal?.Reason);
        Assert.Equal(Count + 1, Events.Count());
    }

    [Fact]
    public void A_queue_whose_snapshots_are_unreadable_refuses_where_its_first_events_are_gone()
    {
        var queue = Backlog();
        StopAndAwait(queue);
        for (var sequenceNr = 1; sequenceNr < 5; sequenceNr++)
            Journal.Replace(JournalId, sequenceNr, null);
        Queues.Tell(new ResolveQueue(Key, 7), Client.Ref);

        Assert.Equal(RefusalReason.Damaged, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
        Assert.Equal(Count + 1, Events.Count());
        Catalogue.ExpectMsg<Contracts.Catalogue.RegisterName>();
        Catalogue.ExpectNoMsg(0);
    }

    private static string Body(int index) => $"message number {index:00} of a backlog, fifty bytes or so";

    private void Damage(long sequenceNr)
    {
        var written = (MessagesWritten)Events.ElementAt((int)sequenceNr - 1);
        Journal.Replace(JournalId, sequenceNr, new MessagesWritten(written.At, written.Write with { Batches = [] })
        {
            Lost = [.. written.Write.Batches.Select(static placed => new PositionRange(placed.FirstPosition, placed.Batch.Count))],
            Damage = "Its checksum does not match.",
        });
    }

    private QueueDescribed Described()
    {
        Queues.Tell(new DescribeQueue(Key, 6), Asker.Ref);
        return Asker.ExpectMsg<QueueDescribed>();
    }

    private IActorRef Backlog()
    {
        var queue = Declare();
        for (var i = 0; i < Count; i++)
            PublishConfirmed(queue, i + 1, Body(i));
        return queue;
    }
}

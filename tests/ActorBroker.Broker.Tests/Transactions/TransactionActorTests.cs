using ActorBroker.Broker.Transactions;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Testing.Persistence;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Transactions;

/// <summary>Who decides, between probes.</summary>
public sealed class TransactionActorTests : EntityTestKit
{
    private const string Entity = "0";
    private static readonly QueueKey A = new("/", "a");
    private static readonly QueueKey B = new("/", "b");
    private static readonly string JournalId = EntityIds.PersistenceId(EntityIds.TransactionType, Entity);

    private readonly TestProbe _queues;
    private readonly TestProbe _session;
    private readonly TestProbe _queue;
    private readonly ManualTime _clock = new();
    private int _ids;

    public TransactionActorTests()
        : base(ConfigurationFactory.ParseString("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """))
    {
        (_queues, _session, _queue) = (Probe("queues"), Probe("session"), Probe("queue"));
    }

    [Fact]
    public void What_is_decided_is_answered_when_it_is_written_and_outlives_a_restart()
    {
        var (id, decider) = (NewId(), Start());
        Journal.Hold(JournalId);
        Decide(decider, id);
        _session.ExpectNoMsg(100);
        Journal.Release(JournalId);
        Assert.True(Decided());

        StopAndAwait(decider);
        Assert.True(Ask(Start(), id));
    }

    [Fact]
    public void A_decision_that_cannot_be_read_is_not_taken_for_none()
    {
        var (id, decider) = (NewId(), Start());
        Decide(decider, id);
        Assert.True(Decided());
        StopAndAwait(decider);
        Journal.Replace(JournalId, 1, new UnreadableEvent("te-decided1c", "Its checksum does not match."));
        decider = Start();

        decider.Tell(new AskTransactionEnd(id, A), _queue);
        Decide(decider, NewId());

        var answer = _session.ExpectMsg<TransactionDecided>();
        Assert.Equal((null, true), (answer.Committed, answer.IsLost));
        _queue.ExpectNoMsg(0);
    }

    [Fact]
    public void What_somebody_has_asked_for_before_is_never_committed()
    {
        var (id, decider) = (NewId(), Start());
        Assert.False(Ask(decider, id));
        Decide(decider, id);
        Assert.False(Decided());

        StopAndAwait(decider);
        decider = Start();
        Decide(decider, id);
        Assert.False(Decided());
    }

    [Fact]
    public void Of_a_question_and_a_commit_the_first_one_counts_though_neither_is_written_yet()
    {
        var (first, asked, decided) = (NewId(), NewId(), NewId());
        var decider = Start();
        Journal.Hold(JournalId);
        Decide(decider, first);
        decider.Tell(new AskTransactionEnd(first, A), _queue);
        decider.Tell(new AskTransactionEnd(asked, A), _queue);
        Decide(decider, asked);
        Decide(decider, decided);
        decider.Tell(new AskTransactionEnd(decided, A), _queue);
        Journal.Release(JournalId);

        Assert.Equal([true, false, true], [Decided(), Decided(), Decided()]);
        Assert.Equal(
            [(first, true), (asked, false), (decided, true)],
            Enumerable.Range(0, 3).Select(_ => _queue.ExpectMsg<EndTransaction>()).Select(static end => (end.Id, end.Committed)));
        Assert.Equal(2, Journal.Written(JournalId).Count);
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_write_that_fails_leaves_askers_without_a_decision_and_the_next_incarnation_decides_anew(JournalFault fault)
    {
        var (id, decider) = (NewId(), Watch(Start()));
        Journal.Next(JournalId, fault);
        Decide(decider, id);

        Assert.Null(_session.ExpectMsg<TransactionDecided>().Committed);
        ExpectTerminated(decider);
        Assert.False(Ask(Start(), id));
    }

    [Theory]
    [InlineData(JournalFault.Fail)]
    [InlineData(JournalFault.Reject)]
    public void A_decision_whose_write_failed_is_made_when_it_is_asked_for_again(JournalFault fault)
    {
        var (id, decider) = (NewId(), Watch(Start()));
        Journal.Next(JournalId, fault);
        Decide(decider, id);
        var answer = _session.ExpectMsg<TransactionDecided>();
        Assert.Equal((null, false), (answer.Committed, answer.IsLost));
        ExpectTerminated(decider);

        var next = Start();
        Decide(next, id);
        Decide(next, id);
        Assert.Equal([true, true], [Decided(), Decided()]);
        Assert.True(Ask(next, id));
    }

    [Fact]
    public void A_commit_is_remembered_until_every_participant_knows()
    {
        var (id, other, decider) = (NewId(), NewId(), Start());
        Decide(decider, id, A, B);
        Decided();
        decider.Tell(new TransactionApplied(id, A), _queue);
        Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(new EndTransaction(B, id, true), _queues.ExpectMsg<EndTransaction>());

        decider.Tell(new TransactionApplied(id, B), _queue);
        Decide(decider, other, A);
        Decided();
        Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(new EndTransaction(A, other, true), _queues.ExpectMsg<EndTransaction>());
        var decided = Assert.IsType<TransactionsDecided>(Journal.Written(JournalId)[^1].Payload);
        Assert.Equal([id], decided.Forgotten);
    }

    [Fact]
    public void A_restart_tells_participants_again()
    {
        var (id, decider) = (NewId(), Start());
        Decide(decider, id, A, B);
        Decided();
        StopAndAwait(decider);
        Start();
        AwaitAssert(() =>
        {
            Advance(TimeSpan.FromSeconds(31));
            Assert.Equal([A, B], new[] { _queues.ExpectMsg<EndTransaction>(TimeSpan.FromMilliseconds(200)), _queues.ExpectMsg<EndTransaction>() }.Select(static end => end.Queue).OrderBy(static queue => queue.Name));
        });
    }

    [Fact]
    public void Snapshots_keep_the_journal_short_and_decisions_known()
    {
        var decider = Start();
        var committed = NewId();
        var aborted = NewId();
        Decide(decider, committed, A);
        Decided();
        Assert.False(Ask(decider, aborted));
        for (var i = 0; i < 20; i++)
        {
            Decide(decider, NewId());
            Decided();
        }

        AwaitAssert(() => Assert.InRange(Journal.Written(JournalId).Count, 0, 12));
        StopAndAwait(decider);
        decider = Start();
        Assert.True(Ask(decider, committed));
        Assert.False(Ask(decider, aborted));
        Decide(decider, aborted);
        Assert.False(Decided());
    }

    [Fact]
    public void An_abort_is_forgotten_after_an_hour()
    {
        var ledger = new TransactionLedger();
        var id = NewId();
        ledger.Aborted(id, at: 1_000);
        ledger.AdvanceTo(1_000 + TransactionLedger.AbortsKeptMs - 1);
        Assert.False(ledger.OutcomeOf(id));
        ledger.AdvanceTo(1_000 + TransactionLedger.AbortsKeptMs);
        Assert.Null(ledger.OutcomeOf(id));
        Assert.Equal(0, ledger.Count);
    }

    private IActorRef Start() => Sys.ActorOf(TransactionActor.Props(
        Entity, new TransactionSettings(_clock, _ => _queues.Ref) { SnapshotAfterEvents = 10 }));

    private TransactionId NewId() => new(new Guid(++_ids, 0, 0, new byte[8]));

    private void Decide(IActorRef decider, TransactionId id, params QueueKey[] participants) =>
        decider.Tell(new DecideTransaction(id, 7, participants), _session);

    private bool? Decided() => _session.ExpectMsg<TransactionDecided>(static decided => decided.RequestId == 7).Committed;

    private bool Ask(IActorRef decider, TransactionId id)
    {
        decider.Tell(new AskTransactionEnd(id, A), _queue);
        var end = _queue.ExpectMsg<EndTransaction>();
        Assert.Equal((A, id), (end.Queue, end.Id));
        return end.Committed;
    }

    private void Advance(TimeSpan time)
    {
        _clock.Passed += time;
        ((TestScheduler)Sys.Scheduler).Advance(time);
    }

    private sealed class ManualTime : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Passed;
    }
}

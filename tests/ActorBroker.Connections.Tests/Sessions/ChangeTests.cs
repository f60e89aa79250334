using ActorBroker.Contracts.Clustering;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>
/// What changes queues and exchanges where there are other nodes: regions may hold a question until its repetition has been
/// answered, so that only questions go through them.
/// </summary>
public sealed class ChangeTests() : BrokerSessionSpec(hasOtherNodes: true)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private readonly List<QueueReply> _replies = [];

    [Fact]
    public void A_change_is_told_to_the_queue_that_was_found()
    {
        var queue = NewQueue();
        Session.PurgeQueue("a", _replies.Add);

        Describe(queue, Asked());
        var purge = queue.ExpectMsg<PurgeQueue>();
        Tell(queue, new QueueAnswered(purge.RequestId, null, 3, 0));

        Assert.Equal(new QueueReply(null, 3, 0), Assert.Single(_replies));
        Queues.ExpectNoMsg(0);
    }

    [Fact]
    public void A_question_that_comes_late_changes_nothing_any_more()
    {
        var (former, later) = (NewQueue(), NewQueue());
        Session.DeleteQueue("a", ifUnused: false, ifEmpty: false, _replies.Add);
        var lost = Asked();
        Clock.Advance(Silence);
        Session.OnTimer();
        var repeated = Asked();
        Assert.Equal(lost.RequestId, repeated.RequestId);

        Describe(former, repeated);
        var delete = former.ExpectMsg<DeleteQueue>();
        Tell(former, new QueueAnswered(delete.RequestId, null, 0, 0));
        Assert.Single(_replies);
        Describe(later, lost);

        later.ExpectNoMsg(0);
    }

    [Fact]
    public void Two_answers_of_one_queue_are_one_change()
    {
        var queue = NewQueue();
        Session.DeleteQueue("a", ifUnused: false, ifEmpty: false, _replies.Add);
        var first = Asked();
        Clock.Advance(Silence);
        Session.OnTimer();
        var second = Asked();

        Describe(queue, first);
        Describe(queue, second);

        queue.ExpectMsg<DeleteQueue>();
        queue.ExpectNoMsg(0);
    }

    [Fact]
    public void A_change_that_was_lost_with_its_queue_is_told_to_the_next_incarnation()
    {
        var (former, next) = (NewQueue(), NewQueue());
        Session.DeleteQueue("a", ifUnused: false, ifEmpty: false, _replies.Add);
        Describe(former, Asked());
        former.ExpectMsg<DeleteQueue>();

        Clock.Advance(Silence);
        Session.OnTimer();
        Describe(next, Asked());

        var delete = next.ExpectMsg<DeleteQueue>();
        Tell(next, new QueueAnswered(delete.RequestId, null, 0, 0));
        Assert.Single(_replies);
    }

    [Fact]
    public void A_change_that_a_link_lost_is_told_to_the_same_queue_again()
    {
        var queue = NewQueue();
        Session.DeleteQueue("a", ifUnused: false, ifEmpty: false, _replies.Add);
        Describe(queue, Asked());
        queue.ExpectMsg<DeleteQueue>();

        Session.OnMessage(ActorRefs.Nobody, new NodeLinkRestored(queue.Ref.Path.Address));
        Clock.Advance(Silence);
        Session.OnTimer();
        Describe(queue, Asked());

        queue.ExpectMsg<DeleteQueue>();
    }

    [Fact]
    public void Exchanges_are_found_as_queues_are()
    {
        var exchange = CreateTestProbe();
        var answers = new List<Refusal?>();
        Session.DeleteExchange("f", ifUnused: false, answers.Add);

        var asked = Exchanges.ExpectMsg<DescribeExchange>();
        Tell(exchange, new ExchangeDescribed(asked.RequestId, asked.Exchange, null, null, EffectivePolicy.None));
        var delete = exchange.ExpectMsg<DeleteExchange>();
        Tell(exchange, new ExchangeAnswered(delete.RequestId, null));

        Assert.Null(Assert.Single(answers));
        Exchanges.ExpectNoMsg(0);
    }

    private DescribeQueue Asked()
    {
        var asked = Queues.ExpectMsg<DescribeQueue>();
        Assert.Equal(new QueueKey("/", "a"), asked.Queue);
        return asked;
    }

    private void Describe(TestProbe queue, DescribeQueue asked) =>
        Tell(queue, new QueueDescribed(asked.RequestId, asked.Queue, null, null, EffectivePolicy.None, 0, 0, 0));
}

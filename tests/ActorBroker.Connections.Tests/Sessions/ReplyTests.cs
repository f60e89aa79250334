using System.Text;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Replies;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

/// <summary>Direct reply-to at both its ends.</summary>
public sealed class ReplyTests : BrokerSessionSpec
{
    private const string Name = "amq.rabbitmq.reply-to.node.connection.consumer";

    [Fact]
    public void A_reply_goes_to_the_connection_that_the_directory_names()
    {
        var requester = CreateTestProbe();
        var target = Session.GetTarget(MessageRoute.Create("", Name));
        var loaded = 0;
        Assert.Equal(TargetStatus.Loading, Session.Prepare(target, [], () => loaded++));
        Answer(found: requester);
        Assert.Equal(1, loaded);

        PublishOne(target, "1", tag: 1);
        PublishOne(target, "2", tag: 2);
        Assert.Equal([(1L, "1"), (2L, "2")], [Batch(requester), Batch(requester)]);
        Tell(requester, new PublishProgress(2, 2));
        Assert.Equal([(1, 1UL, 1UL, false, true), (1, 2UL, 2UL, false, true)], Heard.Confirms);

        // Another name of the same connection is the same way.
        var other = Session.GetTarget(MessageRoute.Create("", Name + "2"));
        Session.Prepare(other, [], static () => { });
        Answer(found: requester);
        PublishOne(other, "3");
        Assert.Equal((3L, "3"), Batch(requester));
        Assert.Single(Watched, requester.Ref);
    }

    [Fact]
    public void A_reply_to_nobody_is_unroutable()
    {
        var requester = CreateTestProbe();
        var target = Session.GetTarget(MessageRoute.Create("", Name));
        Session.Prepare(target, [], static () => { });
        Answer(found: requester);
        Terminate(requester);

        Assert.Equal(TargetStatus.Loading, Session.Prepare(target, [], static () => { }));
        Answer(found: null);

        Assert.False(Publish(target, "1"));
        Session.EndOfRead();
        requester.ExpectNoMsg(0);
    }

    [Fact]
    public void A_consumer_is_found_by_its_name_and_hears_what_is_sent_there_until_it_ends()
    {
        var name = Session.OpenReplyConsumer(5);
        var key = Replies.ExpectMsg<RegisterReplies>().ConnectionKey;
        Assert.Equal(("node", key), (ReplyName.TryParse(name)!.NodeKey, ReplyName.TryParse(name)!.ConnectionKey));
        var second = Session.OpenReplyConsumer(6);
        Replies.ExpectNoMsg(0);
        var publisher = CreateTestProbe();
        Tell(publisher, new ResolveQueue(new QueueKey("/", name), 9));
        Assert.Equal(new QueueResolved(9, new QueueKey("/", name), Self.Ref), publisher.ExpectMsg<QueueResolved>());
        Tell(publisher, new ResolveQueue(new QueueKey("other", name), 10));
        Tell(publisher, new ResolveQueue(new QueueKey("/", name + "x"), 11));
        Assert.Equal([10L, 11], [publisher.ExpectMsg<QueueAnswered>().RequestId, publisher.ExpectMsg<QueueAnswered>().RequestId]);

        Tell(publisher, new PublishBatch(1, Replied((name, "a"), (name, "b"), (second, "c"), ("gone", "d"), (name, "e"))));
        Assert.Equal([(5, "a"), (5, "b"), (6, "c"), (5, "e")], Heard.Deliveries.Select(static heard => (heard.ConsumerId, heard.Body)));
        Assert.Equal(new PublishProgress(1, 1), publisher.ExpectMsg<PublishProgress>());

        Session.CloseConsumer(5);
        var stopped = false;
        Session.StopConsumer(6, () => stopped = true);
        Session.OnMessage(Self.Ref, Self.ReceiveOne(TimeSpan.FromSeconds(3)));
        Assert.True(stopped);
        Tell(publisher, new PublishBatch(2, Replied((name, "f"), (second, "g"))));
        Assert.Equal(4, Heard.Deliveries.Count);
        Assert.Equal(new PublishProgress(2, 2), publisher.ExpectMsg<PublishProgress>());
        Tell(publisher, new ResolveQueue(new QueueKey("/", name), 12));
        Assert.Equal(RefusalReason.NotFound, publisher.ExpectMsg<QueueAnswered>().Refusal?.Reason);
    }

    [Fact]
    public void Replies_that_the_client_does_not_take_fill_the_window_of_whoever_sends_them()
    {
        var name = Session.OpenReplyConsumer(5);
        var second = Session.OpenReplyConsumer(6);
        var (first, other) = (CreateTestProbe(), CreateTestProbe());
        Tell(first, new PublishBatch(1, Replied((name, new string('x', 600)))));
        Tell(first, new PublishBatch(2, Replied((second, new string('x', 600)))));
        Tell(other, new PublishBatch(1, Replied((name, "late"))));
        Assert.Equal(new PublishProgress(1, 1), first.ExpectMsg<PublishProgress>());
        first.ExpectNoMsg(0);

        Session.GrantCredit(5, 300);
        Assert.Equal(new PublishProgress(2, 2), first.ExpectMsg<PublishProgress>());
        Assert.Equal(new PublishProgress(1, 1), other.ExpectMsg<PublishProgress>());

        // What a consumer leaves untaken when it ends holds nobody up.
        Tell(first, new PublishBatch(3, Replied((second, new string('x', 600)))));
        first.ExpectNoMsg(0);
        Session.CloseConsumer(6);
        Assert.Equal(new PublishProgress(3, 3), first.ExpectMsg<PublishProgress>());
    }

    [Fact]
    public void Whether_someone_waits_is_asked_of_the_directory()
    {
        var answers = new List<Refusal?>();
        Session.FindReplyConsumer(Name, answers.Add);
        Answer(found: CreateTestProbe());
        Session.FindReplyConsumer(Name, answers.Add);
        Answer(found: null);

        Assert.Null(answers[0]);
        Assert.Equal(RefusalReason.NotFound, answers[1]?.Reason);
    }

    private void Answer(TestProbe? found)
    {
        var resolve = Replies.ExpectMsg<ResolveQueue>();
        Tell(Replies, found is null
            ? new QueueAnswered(resolve.RequestId, new Refusal(RefusalReason.NotFound, "no queue"), 0, 0)
            : new QueueResolved(resolve.RequestId, resolve.Queue, found.Ref));
    }

    private static MessageBatch Replied(params (string Key, string Body)[] messages) => TestBatches.Of(
        [.. messages.Select(static message => MessageRoute.Create("", message.Key))],
        [.. messages.Select(static (message, index) => new TestMessage(Encoding.UTF8.GetBytes(message.Body), Route: index))]);
}

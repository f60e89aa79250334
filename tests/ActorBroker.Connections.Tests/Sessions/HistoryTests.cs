using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class HistoryTests : BrokerSessionSpec
{
    private const string Hidden = "amq.stage.h";

    [Fact]
    public void A_message_that_only_a_history_takes_is_unroutable_and_confirmed_when_the_history_has_it()
    {
        var history = NewQueue();
        Remember();
        var target = Target("h", "k");
        Assert.False(Publish(target, "1", tag: 1));
        Found(Hidden, history);
        Session.EndOfRead();
        Assert.Equal((1L, "1"), Batch(history));
        Assert.Empty(Heard.Confirms);
        Tell(history, new PublishProgress(1, 1));
        Assert.Single(Heard.Confirms);
    }

    [Fact]
    public void A_confirm_waits_for_the_queues_and_for_the_history()
    {
        var (history, queue) = (NewQueue(), NewQueue());
        Remember("q");
        var target = Target("h", "k");
        Assert.True(Publish(target, "1", tag: 1));
        Found("q", queue);
        Found(Hidden, history);
        Session.EndOfRead();
        Assert.Equal((1L, "1"), Batch(queue));
        Assert.Equal((1L, "1"), Batch(history));
        Tell(queue, new PublishProgress(1, 1));
        Assert.Empty(Heard.Confirms);
        Tell(history, new PublishProgress(1, 1));
        Assert.Single(Heard.Confirms);
    }

    [Fact]
    public void A_binding_comes_behind_what_was_published_before()
    {
        var history = NewQueue();
        Remember();
        Publish(Target("h", "k"), "1");
        Session.Bind("h", new Binding(Destination.Queue("q"), "k", ArgumentTable.Empty), static _ => { });
        Exchanges.ExpectNoMsg(0);
        Found(Hidden, history);
        Assert.Equal((1L, "1"), Batch(history));
        Exchanges.ExpectMsg<BindDestination>();
        Publish(Target("h", "k"), "2");
        Session.Bind("h", new Binding(Destination.Queue("p"), "k", ArgumentTable.Empty), static _ => { });
        Exchanges.ExpectMsg<BindDestination>();
        Assert.Equal((2L, "2"), Batch(history));
    }

    [Fact]
    public void A_message_that_comes_to_the_history_after_a_binding_goes_to_the_new_queue_too()
    {
        var (history, queue, other) = (NewQueue(), NewQueue(), NewQueue());
        Remember("q");
        var target = Target("h", "k");
        PublishOne(target, "0");
        Found("q", queue);
        Found(Hidden, history);
        Assert.Equal(("0", "0"), (Batch(queue).Bodies, Batch(history).Bodies));
        Publish(target, "1");
        Bind("new");
        Publish(target, "2");
        Found("new", other);
        Session.EndOfRead();
        Assert.Equal(("1 2", "1 2"), (Batch(queue).Bodies, Batch(history).Bodies));
        Assert.Equal((1L, "2"), Batch(other));
        Assert.Equal((2L, "1"), Batch(other));
        PublishOne(target, "3");
        Assert.Equal(("3", "3", "3"), (Batch(queue).Bodies, Batch(history).Bodies, Batch(other).Bodies));
        other.ExpectNoMsg(0);
    }

    [Fact]
    public void A_message_that_waited_for_its_history_to_be_found_goes_to_queues_that_were_bound_meanwhile()
    {
        var (history, queue) = (NewQueue(), NewQueue());
        Remember();
        PublishOne(Target("h", "k"), "1");
        Bind("new");
        Queues.ExpectMsg<ResolveQueue>();
        Queues.ExpectNoMsg(0);
        Session.OnTimer();
        Found(Hidden, history);
        Found("new", queue);
        Assert.Equal("1", Batch(history).Bodies);
        Assert.Equal("1", Batch(queue).Bodies);
    }

    private void Bind(string queue) =>
        Tables.Bind(new ExchangeKey("/", "h"), new Binding(Destination.Queue(queue), string.Empty, ArgumentTable.Empty));

    private void Remember(params string[] queues) => Tables.SetRoutes(
        new ExchangeKey("/", "h"),
        new ExchangeDefinition(ExchangeTypes.RecentHistory, true, false, false, ArgumentTable.Empty),
        queues.Select(static queue => new Binding(Destination.Queue(queue), string.Empty, ArgumentTable.Empty)));
}

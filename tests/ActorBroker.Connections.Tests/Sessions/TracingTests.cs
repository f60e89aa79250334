using System.Text;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class TracingTests : BrokerSessionSpec
{
    private static readonly ExchangeKey TraceExchange = new("/", PredeclaredExchanges.Trace);

    [Fact]
    public void A_session_is_traced_while_its_virtual_host_is()
    {
        Assert.Null(Session.Tracer);
        Tables.SetPolicies("other", VirtualHostPolicies.Empty.WithTracing(true));
        Assert.Null(Session.Tracer);
        var tracer = Traced();
        Assert.Equal(("broker@node", "127.0.0.1:1 -> 127.0.0.1:2"), (tracer.Node, tracer.Connection));
        Tables.SetPolicies("/", VirtualHostPolicies.Empty);
        Assert.Null(Session.Tracer);
    }

    [Fact]
    public void A_copy_goes_through_the_trace_exchange_though_that_is_internal()
    {
        Bind("publish.#", "c");
        var queue = NewQueue();
        Copy(Traced(), "publish.x", "copy");
        Copy(Traced(), "deliver.a", "nobody wants it");
        Session.EndOfRead();
        Found("c", queue);
        var publish = queue.ExpectMsg<PublishBatch>();
        Assert.Equal(1, publish.Batch.Count);
        Assert.Equal(MessageRoute.Create(PredeclaredExchanges.Trace, "publish.x"), publish.Batch.RouteOf(0));
        var target = Session.GetTarget(MessageRoute.Create(PredeclaredExchanges.Trace, "publish.x"));
        Assert.Equal(TargetStatus.Internal, Session.Prepare(target, [], static () => { }));
    }

    [Fact]
    public void Copies_wait_in_order_until_the_bindings_are_known()
    {
        var queue = NewQueue();
        var source = new byte[] { (byte)'1' };
        Publish(Traced(), "publish.x", source);
        source[0] = (byte)'2';
        Publish(Traced(), "publish.y", source);
        Session.EndOfRead();
        source[0] = (byte)'!';
        Bind("#", "c");
        Session.OnMessage(Self.Ref, new ExchangeLoaded(TraceExchange));
        Found("c", queue);
        Assert.Equal((1, "1 2"), Batch(queue));
        Copy(Traced(), "publish.x", "3");
        Session.EndOfRead();
        Assert.Equal((2, "3"), Batch(queue));
    }

    [Fact]
    public void What_waits_is_bounded()
    {
        var queue = NewQueue();
        Copy(Traced(), "publish.x", new string('a', (int)WindowBytes));
        Copy(Traced(), "publish.x", new string('b', (int)WindowBytes));
        Bind("#", "c");
        Session.OnMessage(Self.Ref, new ExchangeLoaded(TraceExchange));
        Found("c", queue);
        Assert.Equal((1, new string('a', (int)WindowBytes)), Batch(queue));
    }

    [Fact]
    public void Copies_are_left_out_while_queues_have_to_accept_many()
    {
        Bind("#", "c");
        var queue = NewQueue();
        var copy = new string('a', (int)WindowBytes);
        for (var i = 0; i < 20; i++)
            Copy(Traced(), "publish.x", copy);
        Session.EndOfRead();
        Found("c", queue);
        Assert.Equal((1, string.Join(' ', Enumerable.Repeat(copy, 7))), Batch(queue));
        Assert.True(Session.IsWindowFull);
        Tell(queue, new PublishProgress(1, 1));
        Copy(Traced(), "publish.x", "again");
        Session.EndOfRead();
        Assert.Equal((2, "again"), Batch(queue));
    }

    [Fact]
    public void The_queues_of_a_publish_are_those_that_took_it()
    {
        Fanout("f", "a", "b");
        var target = Target("f", "k");
        Publish(target, "m");
        Assert.Equal(["a", "b"], Traced().QueuesOf(target, []).Order());
        var named = Target(string.Empty, "a");
        Assert.Equal(TargetStatus.Ready, Session.Prepare(named, ["c", "none"], static () => { }));
        Assert.True(Session.Publish(named, Message([]), ["c", "none"], PublishConfirm.None));
        Assert.Equal(["a", "c"], Traced().QueuesOf(named, ["c", "none"]));
        Publish(named, "m");
        Assert.Equal(["a"], Traced().QueuesOf(named, []));
    }

    [Fact]
    public void Copies_among_publishes_do_not_disturb_their_confirms()
    {
        Bind("#", "c");
        var (main, trace) = (NewQueue(), NewQueue());
        var target = Target(string.Empty, "a");
        Publish(target, "1", tag: 1);
        Copy(Traced(), "publish.", "copy of 1");
        Publish(target, "2", tag: 2);
        Copy(Traced(), "publish.", "copy of 2");
        Session.EndOfRead();
        Found("a", main);
        Found("c", trace);
        Assert.Equal((1, "1 2"), Batch(main));
        Assert.Equal((1, "copy of 1 copy of 2"), Batch(trace));
        Assert.Empty(Heard.Confirms);
        Tell(main, new PublishProgress(1, 1));
        Tell(trace, new PublishFailed(1, 1));
        Assert.Equal([(1, 1UL, 2UL, false, true)], Heard.Confirms);
        Assert.False(Publish(Target(string.Empty, "nobody"), "3", tag: 3));
        Copy(Traced(), "publish.", "copy of 3");
        Session.EndOfRead();
        Assert.Equal((1, 3UL, 3UL, false, true), Heard.Confirms[^1]);
    }

    private SessionTracer Traced()
    {
        Tables.SetPolicies("/", VirtualHostPolicies.Empty.WithTracing(true));
        return Session.Tracer!;
    }

    private void Bind(string bindingKey, string queue) => Tables.SetRoutes(
        TraceExchange,
        new ExchangeDefinition(ExchangeTypes.Topic, Durable: true, AutoDelete: false, Internal: true, ArgumentTable.Empty),
        [new Binding(Destination.Queue(queue), bindingKey, ArgumentTable.Empty)]);

    private static void Copy(SessionTracer tracer, string routingKey, string body) => Publish(tracer, routingKey, Encoding.UTF8.GetBytes(body));

    private static void Publish(SessionTracer tracer, string routingKey, byte[] body) => tracer.Publish(routingKey, Message(body));

    private static PublishedMessage Message(byte[] body) =>
        PublishedMessage.InPlaces([], 0, 0, body, 0, body.Length, MessageFormat.Amqp091, MessageFlags.None, 0);
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class HiddenQueueTests : BrokerSessionSpec
{
    private static readonly string Hidden = Stage.NameOf("delayed");

    [Fact]
    public void No_client_gets_at_the_stage_of_an_exchange()
    {
        var refusals = new List<Refusal?>();
        Session.DeclareQueue(Hidden, new QueueDefinition(true, false, false, ArgumentTable.Empty), passive: true, reply => refusals.Add(reply.Refusal));
        Session.PurgeQueue(Hidden, reply => refusals.Add(reply.Refusal));
        Session.DeleteQueue(Hidden, ifUnused: false, ifEmpty: false, reply => refusals.Add(reply.Refusal));
        Session.StartConsumer(Hidden, 1, Channel, Settings, refusals.Add);
        Session.Get(Hidden, 2, noAck: true, reply => refusals.Add(reply.Refusal));
        Session.Bind("f", new Binding(Destination.Queue(Hidden), "k", ArgumentTable.Empty), refusals.Add);
        Assert.Empty(refusals);
        for (var i = 0; i < 6; i++)
            Session.OnMessage(Self.Ref, Self.ReceiveOne(TimeSpan.FromSeconds(3)));
        Assert.Equal(
            Enumerable.Repeat(new Refusal(RefusalReason.AccessRefused, "access to queue 'amq.stage.delayed' in vhost '/' refused for user 'guest'"), 6),
            refusals);
        Queues.ExpectNoMsg(0);
        Exchanges.ExpectNoMsg(0);
    }

    [Fact]
    public void The_default_exchange_does_not_lead_there()
    {
        Tables.SetNames("/", [Destination.Queue(Hidden)]);
        var target = Target(string.Empty, Hidden);
        Assert.False(Publish(target, "a"));
    }
}

using System.Text;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class MessageRoutingTests : BrokerSessionSpec
{
    private static readonly ArgumentTable Red = ArgumentTable.Of(("colour", ArgumentValue.FromString("red")));

    [Fact]
    public void Each_message_to_a_headers_exchange_has_its_own_queues()
    {
        Route("h", ExchangeTypes.Headers, new Binding(Destination.Queue("q"), string.Empty, Red));
        var target = Target("h", "k");
        Assert.True(Publish(target, Red, []));
        Assert.False(Publish(target, ArgumentTable.Empty, []));
        Assert.Equal("q", Queues.ExpectMsg<ResolveQueue>().Queue.Name);
    }

    [Fact]
    public void Further_keys_lead_to_further_queues()
    {
        Tables.SetNames("/", [Destination.Queue("a"), Destination.Queue("b")]);
        var target = Target(string.Empty, "a");
        Assert.Equal(TargetStatus.Ready, Session.Prepare(target, ["b", "a", "none"], static () => { }));
        Assert.True(Publish(target, ArgumentTable.Empty, ["b", "a", "none"]));
        Assert.Equal("a", Queues.ExpectMsg<ResolveQueue>().Queue.Name);
        Assert.Equal("b", Queues.ExpectMsg<ResolveQueue>().Queue.Name);
        Assert.False(Publish(Target(string.Empty, "nobody"), ArgumentTable.Empty, ["none"]));
        Assert.True(Publish(Target(string.Empty, "nobody"), ArgumentTable.Empty, ["a"]));
    }

    [Fact]
    public void What_only_a_further_key_needs_is_loaded_first()
    {
        Tables.SetNames("/", [Destination.Exchange("d"), Destination.Exchange("next")]);
        Route("d", ExchangeTypes.Direct, new Binding(Destination.Exchange("next"), "b", ArgumentTable.Empty));
        var target = Target("d", "a");
        var isLoaded = false;
        Assert.Equal(TargetStatus.Loading, Session.Prepare(target, ["b"], () => isLoaded = true));
        Route("next", ExchangeTypes.Fanout);
        Session.OnMessage(Self.Ref, new ExchangeLoaded(new ExchangeKey("/", "next")));
        Assert.True(isLoaded);
        Assert.Equal(TargetStatus.Ready, Session.Prepare(target, ["b"], static () => { }));
    }

    private void Route(string exchange, string type, params Binding[] bindings) => Tables.SetRoutes(
        new ExchangeKey("/", exchange), new ExchangeDefinition(type, true, false, false, ArgumentTable.Empty), bindings);

    private bool Publish(PublishTarget target, ArgumentTable headers, string[] moreKeys)
    {
        var properties = new BasicProperties { Headers = headers }.ToArray();
        var body = Encoding.UTF8.GetBytes("body");
        return Session.Publish(
            target, PublishedMessage.InPlaces(properties, 0, properties.Length, body, 0, body.Length, MessageFormat.Amqp091, MessageFlags.None, 0), moreKeys, PublishConfirm.None);
    }
}

using System.Text;
using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>A client's session over real remoting, by the client's methods.</summary>
public sealed class SessionTests(OneBroker broker) : IClassFixture<OneBroker>
{
    [Fact]
    public async Task A_message_is_published_confirmed_taken_and_settled()
    {
        var queue = await broker.NewQueueAsync();
        var sent = new MessageProperties
        {
            Persistent = true,
            ContentType = "text/plain",
            CorrelationId = "17",
            Expiration = TimeSpan.FromMinutes(5),
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
            Priority = 3,
            Headers = ArgumentTable.Of(("region", ArgumentValue.FromString("north"))),
        };

        var result = await broker.Client.PublishAsync(OutgoingMessage.ToQueue(queue, "hello"u8.ToArray(), sent));
        var taken = await broker.Client.GetAsync(queue, noAck: false);

        Assert.True(result.IsConfirmed);
        Assert.Equal("hello", taken!.Text);
        Assert.Equal(sent, taken.Properties);
        Assert.Equal(queue, taken.RoutingKey);
        Assert.False(taken.Redelivered);

        broker.Client.Settle(taken, SettleOutcome.Requeued);
        var again = await broker.Client.GetAsync(queue, noAck: false);
        Assert.True(again!.Redelivered);
        broker.Client.Settle(again, SettleOutcome.Accepted);
        Assert.Null(await broker.Client.GetAsync(queue, noAck: true));
    }

    [Fact]
    public async Task Exchanges_and_bindings_are_declared_and_lead_to_queues()
    {
        var queue = await broker.NewQueueAsync();
        var exchange = $"exchange-{Guid.NewGuid():N}";
        await broker.Client.DeclareAsync(Declare.Exchange(exchange, "topic"));
        await broker.Client.DeclareAsync(Declare.Binding(queue, exchange, "orders.#"));

        var routed = await broker.Client.PublishAsync(new OutgoingMessage(exchange, "orders.new", "1"u8.ToArray()) { Mandatory = true });
        var returned = await broker.Client.PublishAsync(new OutgoingMessage(exchange, "bills.new", "2"u8.ToArray()) { Mandatory = true });
        var dropped = await broker.Client.PublishAsync(new OutgoingMessage(exchange, "bills.new", "3"u8.ToArray()));

        Assert.Equal(PublishOutcome.Confirmed, routed.Outcome);
        Assert.Equal(PublishOutcome.Returned, returned.Outcome);
        Assert.Equal(PublishOutcome.Confirmed, dropped.Outcome);
        Assert.Equal(1, (await broker.Client.FindQueueAsync(queue)).MessageCount);

        await broker.Client.UnbindQueueAsync(queue, exchange, "orders.#");
        await broker.Client.DeleteExchangeAsync(exchange);
        Assert.Equal(1, await broker.Client.PurgeQueueAsync(queue));
        Assert.Equal(0, await broker.Client.DeleteQueueAsync(queue));
    }

    [Fact]
    public async Task A_publish_to_an_exchange_that_is_not_there_is_refused_and_the_next_one_is_not()
    {
        var queue = await broker.NewQueueAsync();
        var refused = await broker.Client.PublishAsync(new OutgoingMessage("nowhere", "key", "1"u8.ToArray()));
        var confirmed = await broker.Client.PublishAsync(OutgoingMessage.ToQueue(queue, "2"u8.ToArray()));

        Assert.Equal(PublishOutcome.Refused, refused.Outcome);
        Assert.Equal("no exchange 'nowhere' in vhost '/'", refused.Refusal!.Text);
        Assert.True(confirmed.IsConfirmed);
    }

    [Fact]
    public async Task What_the_broker_refuses_says_why()
    {
        var reserved = await Assert.ThrowsAsync<BrokerRefusedException>(() => broker.Client.DeclareQueueAsync("amq.mine"));
        Assert.Equal(RefusalReason.AccessRefused, reserved.Refusal.Reason);
        var missing = await Assert.ThrowsAsync<BrokerRefusedException>(() => broker.Client.FindQueueAsync("missing"));
        Assert.Equal(RefusalReason.NotFound, missing.Refusal.Reason);
        await Assert.ThrowsAsync<BrokerRefusedException>(() => broker.Client.GetAsync("missing", noAck: true));
    }

    [Fact]
    public async Task A_large_message_goes_in_parts()
    {
        var queue = await broker.NewQueueAsync();
        var body = new byte[5_000_000];
        new Random(7).NextBytes(body);

        Assert.True((await broker.Client.PublishAsync(OutgoingMessage.ToQueue(queue, body, MessageProperties.Durable))).IsConfirmed);
        var taken = await broker.Client.GetAsync(queue, noAck: true);

        Assert.True(body.AsSpan().SequenceEqual(taken!.Body.Span));
    }

    [Fact]
    public async Task A_message_above_the_brokers_limit_is_refused_with_the_limit()
    {
        var queue = await broker.NewQueueAsync();
        var result = await broker.Client.PublishAsync(OutgoingMessage.ToQueue(queue, new byte[(16 * 1024 * 1024) + 1]));

        Assert.Equal(PublishOutcome.Refused, result.Outcome);
        Assert.Equal("message size 16777217 is larger than configured max size 16777216", result.Refusal!.Text);
    }

    [Fact]
    public async Task A_wrong_password_is_a_clear_failure_and_nothing_waits_for_it()
    {
        var client = BrokerClient.Start(broker.Application, broker.Settings with { Password = "wrong" }, "wrong-password");

        var failure = await Assert.ThrowsAsync<BrokerRefusedException>(() => client.ConnectedAsync());
        Assert.Equal(RefusalReason.AccessRefused, failure.Refusal.Reason);
        Assert.DoesNotContain("wrong", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BrokerRefusedException>(() => client.DeclareQueueAsync("any"));
        Assert.Equal(PublishOutcome.Refused, (await client.PublishAsync(OutgoingMessage.ToQueue("any", Encoding.UTF8.GetBytes("1")))).Outcome);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_virtual_host_that_is_not_there_is_a_clear_failure()
    {
        await using var client = BrokerClient.Start(broker.Application, broker.Settings with { VirtualHost = "other" }, "other-host");

        var failure = await Assert.ThrowsAsync<BrokerRefusedException>(() => client.ConnectedAsync());
        Assert.Equal(RefusalReason.NotAllowed, failure.Refusal.Reason);
        Assert.Equal("vhost other not found", failure.Message);
    }
}

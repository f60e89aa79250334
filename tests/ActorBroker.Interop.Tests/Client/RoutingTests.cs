using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class RoutingTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task A_direct_exchange_routes_by_equal_key()
    {
        var exchange = await DeclareExchangeAsync("direct");
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "a");
        await Channel.QueueBindAsync(queue, exchange, "a.b");

        Assert.Equal(["a", "a.b"], await RoutedAsync(exchange, queue, "a", "b", "a.b", "", "A"));
    }

    [Fact]
    public async Task A_message_reaches_a_queue_once_however_many_bindings_match()
    {
        var exchange = await DeclareExchangeAsync("topic");
        var queue = await DeclareQueueAsync();
        foreach (var pattern in new[] { "a.b", "a.*", "a.#", "#" })
        {
            await Channel.QueueBindAsync(queue, exchange, pattern);
        }

        Assert.Equal(["a.b"], await RoutedAsync(exchange, queue, "a.b"));
    }

    [Fact]
    public async Task A_fanout_exchange_routes_to_every_queue_whatever_the_key()
    {
        var exchange = await DeclareExchangeAsync("fanout");
        var queues = new[] { await DeclareQueueAsync(), await DeclareQueueAsync(), await DeclareQueueAsync() };
        foreach (var queue in queues)
        {
            await Channel.QueueBindAsync(queue, exchange, "ignored");
        }

        await Channel.BasicPublishAsync(exchange, "other", "x"u8.ToArray());

        foreach (var queue in queues)
        {
            Assert.Equal(["x"], await DrainAsync(queue));
        }
    }

    [Theory]
    [InlineData("*.orange.*", "quick.orange.rabbit lazy.orange.elephant", "orange quick.orange quick.orange.male.rabbit a.b.c")]
    [InlineData("lazy.#", "lazy lazy.a lazy.a.b.c", "azy lazya a.lazy")]
    [InlineData("#.end", "end a.end a.b.end", "end.a ending")]
    [InlineData("a.#.b", "a.b a.x.b a.x.y.b", "a ab a.x.c")]
    [InlineData("*", "a", "a.b")]
    [InlineData("#", "a a.b a.b.c", "")]
    [InlineData("*.#", "a a.b", "")]
    [InlineData("#.*", "a a.b", "")]
    [InlineData("a.*.#.c", "a.b.c a.b.x.c", "a.c a")]
    [InlineData("a..b", "a..b", "a.b a.x.b")]
    [InlineData("a.*.b", "a..b a.x.b", "a.b")]
    public async Task A_topic_exchange_matches_words_and_wildcards(string pattern, string matching, string others)
    {
        var exchange = await DeclareExchangeAsync("topic");
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, pattern);

        var routed = await RoutedAsync(exchange, queue, $"{matching} {others}".Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(matching.Split(' '), routed);
    }

    [Fact]
    public async Task The_empty_routing_key_matches_patterns_of_one_word_or_none()
    {
        var exchange = await DeclareExchangeAsync("topic");
        var matching = await DeclareQueueAsync();
        var other = await DeclareQueueAsync();
        await Channel.QueueBindAsync(matching, exchange, "#");
        await Channel.QueueBindAsync(other, exchange, "*.*");

        await Channel.BasicPublishAsync(exchange, "", "x"u8.ToArray());

        Assert.Equal(["x"], await DrainAsync(matching));
        Assert.Empty(await DrainAsync(other));
    }

    [Fact]
    public async Task An_unbound_pattern_no_longer_matches()
    {
        var exchange = await DeclareExchangeAsync("topic");
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "a.*");
        await Channel.QueueBindAsync(queue, exchange, "b.*");
        await Channel.QueueUnbindAsync(queue, exchange, "a.*");

        Assert.Equal(["b.1"], await RoutedAsync(exchange, queue, "a.1", "b.1"));
    }

    [Fact]
    public async Task An_internal_exchange_takes_messages_only_from_exchanges()
    {
        var inner = Unique("inner");
        var outer = await DeclareExchangeAsync("direct");
        var queue = await DeclareQueueAsync();
        await DeclareInternalAsync(inner);
        await Channel.ExchangeBindAsync(inner, outer, "key");
        await Channel.QueueBindAsync(queue, inner, "key");

        await Channel.BasicPublishAsync(outer, "key", "through"u8.ToArray());

        Assert.Equal(["through"], await DrainAsync(queue));
        await AssertChannelErrorAsync(
            403,
            $"ACCESS_REFUSED - cannot publish to internal exchange '{inner}' in vhost '/'",
            async channel => await channel.BasicPublishAsync(inner, "key", "x"u8.ToArray()));
        await Channel.ExchangeDeleteAsync(inner);
    }

    [Fact]
    public async Task Exchanges_bound_in_a_cycle_route_each_message_once()
    {
        var first = Unique("first");
        var second = Unique("second");
        var queue = await DeclareQueueAsync();
        await Channel.ExchangeDeclareAsync(first, "fanout");
        await Channel.ExchangeDeclareAsync(second, "fanout");
        await Channel.ExchangeBindAsync(second, first, "");
        await Channel.ExchangeBindAsync(first, second, "");
        await Channel.ExchangeBindAsync(first, first, "");
        await Channel.QueueBindAsync(queue, first, "");
        await Channel.QueueBindAsync(queue, second, "");

        Assert.Equal(["x", "y"], await RoutedAsync(first, queue, "x", "y"));

        await Channel.ExchangeDeleteAsync(first);
        await Channel.ExchangeDeleteAsync(second);
    }

    [Fact]
    public async Task An_exchange_binding_can_be_removed_again()
    {
        var source = Unique("source");
        var destination = await DeclareExchangeAsync("fanout");
        var queue = await DeclareQueueAsync();
        await Channel.ExchangeDeclareAsync(source, "direct");
        await Channel.QueueBindAsync(queue, destination, "");
        await Channel.ExchangeBindAsync(destination, source, "a");
        await Channel.ExchangeBindAsync(destination, source, "b");
        await Channel.ExchangeUnbindAsync(destination, source, "a");

        Assert.Equal(["b"], await RoutedAsync(source, queue, "a", "b"));
        await Channel.ExchangeDeleteAsync(source);
    }

    [Fact]
    public async Task Binding_an_exchange_that_does_not_exist_is_404()
    {
        var missing = Unique("missing");
        var text = $"NOT_FOUND - no exchange '{missing}' in vhost '/'";
        await AssertChannelErrorAsync(404, text, channel => channel.ExchangeBindAsync("amq.fanout", missing, ""));
        await AssertChannelErrorAsync(404, text, channel => channel.ExchangeBindAsync(missing, "amq.fanout", ""));
        await Channel.ExchangeUnbindAsync(missing, "amq.fanout", "");
        await Channel.ExchangeUnbindAsync("amq.direct", "amq.fanout", Unique("never-bound"));
    }

    [Fact]
    public async Task What_an_exchange_cannot_route_goes_to_its_alternate()
    {
        var last = Unique("last");
        var middle = Unique("middle");
        await Channel.ExchangeDeclareAsync(last, "fanout");
        await Channel.ExchangeDeclareAsync(middle, "direct", arguments: new Dictionary<string, object?> { ["alternate-exchange"] = last });
        var exchange = await DeclareExchangeAsync("direct", new Dictionary<string, object?> { ["alternate-exchange"] = middle });
        var (routed, alternate) = (await DeclareQueueAsync(), await DeclareQueueAsync());
        await Channel.QueueBindAsync(routed, exchange, "known");
        await Channel.QueueBindAsync(alternate, last, "");

        // Mandatory: a message that an alternate exchange could route is not returned.
        await Channel.BasicPublishAsync(exchange, "known", mandatory: true, "known"u8.ToArray());
        await Channel.BasicPublishAsync(exchange, "unknown", mandatory: true, "unknown"u8.ToArray());

        Assert.Equal(["known"], await DrainAsync(routed));
        var message = await Channel.BasicGetAsync(alternate, autoAck: true);
        Assert.Equal((exchange, "unknown"), (message!.Exchange, message.RoutingKey));
        await Channel.ExchangeDeleteAsync(last);
        await Channel.ExchangeDeleteAsync(middle);
    }

    [Fact]
    public async Task An_alternate_exchange_that_does_not_exist_leaves_the_message_unroutable()
    {
        var exchange = Unique("direct");
        await Channel.ExchangeDeclareAsync(
            exchange, "direct", arguments: new Dictionary<string, object?> { ["alternate-exchange"] = Unique("missing") });
        await Assert.ThrowsAsync<PublishReturnException>(
            async () => await Channel.BasicPublishAsync(exchange, "key", mandatory: true, "x"u8.ToArray()));
        await Channel.ExchangeDeleteAsync(exchange);
    }

    /// <summary>RabbitMQ.Client has no parameter for <c>internal</c>, so the broker is asked by the raw client.</summary>
    private async Task DeclareInternalAsync(string exchange)
    {
        await using var connection = await Wire.RawConnection.OpenAsync(Broker.Endpoint);
        await connection.OpenChannelAsync(1);
        await connection.SendMethodAsync(1, 40, 10, new Wire.Payload().U16(0).ShortString(exchange).ShortString("direct").Octet(0b1000).Table());
        await connection.ExpectMethodAsync(1, 40, 11);
    }

    /// <summary>Publishes each key as its own body and returns those that arrived in the queue.</summary>
    private async Task<string[]> RoutedAsync(string exchange, string queue, params string[] keys)
    {
        foreach (var key in keys)
        {
            await Channel.BasicPublishAsync(exchange, key, Encoding.UTF8.GetBytes(key));
        }

        return await DrainAsync(queue);
    }
}

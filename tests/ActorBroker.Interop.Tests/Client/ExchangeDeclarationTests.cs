using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class ExchangeDeclarationTests(BrokerFixture broker) : ClientTest(broker)
{
    private const string DefaultExchangeRefused = "ACCESS_REFUSED - operation not permitted on the default exchange";

    [Theory]
    [InlineData("direct", false)]
    [InlineData("direct", true)]
    [InlineData("fanout", false)]
    [InlineData("fanout", true)]
    [InlineData("topic", false)]
    [InlineData("topic", true)]
    [InlineData("headers", false)]
    [InlineData("headers", true)]
    public async Task Every_type_is_declared_found_passively_and_deleted(string type, bool durable)
    {
        var exchange = Unique(type);
        await Channel.ExchangeDeclareAsync(exchange, type, durable, autoDelete: false);
        await Channel.ExchangeDeclareAsync(exchange, type, durable, autoDelete: false);
        await Channel.ExchangeDeclarePassiveAsync(exchange);

        await Channel.ExchangeDeleteAsync(exchange);

        await AssertChannelErrorAsync(
            404,
            $"NOT_FOUND - no exchange '{exchange}' in vhost '/'",
            channel => channel.ExchangeDeclarePassiveAsync(exchange));
    }

    [Theory]
    [InlineData("amq.direct", "direct")]
    [InlineData("amq.fanout", "fanout")]
    [InlineData("amq.topic", "topic")]
    [InlineData("amq.headers", "headers")]
    [InlineData("amq.match", "headers")]
    public async Task The_predeclared_exchanges_exist_and_are_durable(string exchange, string type)
    {
        await Channel.ExchangeDeclarePassiveAsync(exchange);
        await Channel.ExchangeDeclareAsync(exchange, type, durable: true);
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - inequivalent arg 'durable' for exchange '{exchange}' in vhost '/': received 'false' but current is 'true'",
            channel => channel.ExchangeDeclareAsync(exchange, type, durable: false));
        await AssertChannelErrorAsync(
            403,
            $"ACCESS_REFUSED - deletion of system exchange '{exchange}' in vhost '/' not allowed",
            channel => channel.ExchangeDeleteAsync(exchange));
    }

    [Fact]
    public async Task A_name_with_the_reserved_prefix_is_refused()
    {
        var exchange = Unique("amq.mine");
        await AssertChannelErrorAsync(
            403,
            $"ACCESS_REFUSED - exchange name '{exchange}' contains reserved prefix 'amq.*'",
            channel => channel.ExchangeDeclareAsync(exchange, "direct"));
        await AssertChannelErrorAsync(
            404,
            $"NOT_FOUND - no exchange '{exchange}' in vhost '/'",
            channel => channel.ExchangeDeclarePassiveAsync(exchange));
    }

    [Fact]
    public async Task The_default_exchange_cannot_be_declared_deleted_or_bound()
    {
        var queue = await DeclareQueueAsync();
        await AssertChannelErrorAsync(403, DefaultExchangeRefused, channel => channel.ExchangeDeclareAsync("", "direct", durable: true));
        await AssertChannelErrorAsync(403, DefaultExchangeRefused, channel => channel.ExchangeDeclarePassiveAsync(""));
        await AssertChannelErrorAsync(403, DefaultExchangeRefused, channel => channel.ExchangeDeleteAsync(""));
        await AssertChannelErrorAsync(403, DefaultExchangeRefused, channel => channel.QueueBindAsync(queue, "", "key"));
        await AssertChannelErrorAsync(403, DefaultExchangeRefused, channel => channel.QueueUnbindAsync(queue, "", queue));
        await AssertChannelErrorAsync(403, DefaultExchangeRefused, channel => channel.ExchangeBindAsync("amq.fanout", "", "key"));
        await AssertChannelErrorAsync(403, DefaultExchangeRefused, channel => channel.ExchangeBindAsync("", "amq.fanout", "key"));
    }

    [Fact]
    public async Task A_declaration_that_differs_in_a_property_is_refused_naming_it()
    {
        var exchange = Unique("direct");
        await Channel.ExchangeDeclareAsync(exchange, "direct");

        await AssertInequivalentAsync("type", "received 'fanout' but current is 'direct'", channel =>
            channel.ExchangeDeclareAsync(exchange, "fanout"));
        await AssertInequivalentAsync("durable", "received 'true' but current is 'false'", channel =>
            channel.ExchangeDeclareAsync(exchange, "direct", durable: true));
        await AssertInequivalentAsync("auto_delete", "received 'true' but current is 'false'", channel =>
            channel.ExchangeDeclareAsync(exchange, "direct", autoDelete: true));
        await AssertInequivalentAsync(
            "alternate-exchange",
            "received the value 'amq.fanout' of type 'longstr' but current is none",
            channel => channel.ExchangeDeclareAsync(exchange, "direct", arguments: Alternate("amq.fanout")));

        await Channel.ExchangeDeleteAsync(exchange);

        Task AssertInequivalentAsync(string property, string difference, Func<IChannel, Task> declare) => AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - inequivalent arg '{property}' for exchange '{exchange}' in vhost '/': {difference}",
            declare);
    }

    [Fact]
    public async Task A_declaration_that_differs_in_the_alternate_exchange_is_refused_naming_both()
    {
        var exchange = Unique("direct");
        await Channel.ExchangeDeclareAsync(exchange, "direct", arguments: Alternate("amq.fanout"));
        var refused = $"PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange '{exchange}' in vhost '/': ";

        await AssertChannelErrorAsync(
            406,
            refused + "received 'amq.direct' but current is 'amq.fanout'",
            channel => channel.ExchangeDeclareAsync(exchange, "direct", arguments: Alternate("amq.direct")));
        await AssertChannelErrorAsync(
            406,
            refused + "received none but current is the value 'amq.fanout' of type 'longstr'",
            channel => channel.ExchangeDeclareAsync(exchange, "direct"));

        await Channel.ExchangeDeleteAsync(exchange);
    }

    [Fact]
    public async Task An_unknown_type_is_refused()
    {
        var connection = await ConnectAsync();
        var channel = await connection.CreateChannelAsync();
        var reason = await ChannelErrorAsync(channel, () => channel.ExchangeDeclareAsync(Unique("unknown"), "nope"));

        // RabbitMQ up to 3.12 closed the connection with 503 COMMAND_INVALID; since then it is a channel error.
        Assert.EndsWith("unknown exchange type 'nope'", reason.ReplyText, StringComparison.Ordinal);
        Assert.Contains(reason.ReplyCode, Broker.IsOwn ? new ushort[] { 406 } : [406, 503]);
    }

    [Fact]
    public async Task Deleting_what_does_not_exist_succeeds()
    {
        await Channel.ExchangeDeleteAsync(Unique("missing"));
        Assert.True(Channel.IsOpen);
    }

    [Fact]
    public async Task Deletion_if_unused_is_refused_while_something_is_bound()
    {
        var exchange = Unique("direct");
        var queue = await DeclareQueueAsync();
        await Channel.ExchangeDeclareAsync(exchange, "direct");
        await Channel.QueueBindAsync(queue, exchange, "key");

        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - exchange '{exchange}' in vhost '/' in use",
            channel => channel.ExchangeDeleteAsync(exchange, ifUnused: true));

        await Channel.QueueUnbindAsync(queue, exchange, "key");
        await Channel.ExchangeDeleteAsync(exchange, ifUnused: true);
    }

    [Fact]
    public async Task An_auto_delete_exchange_goes_with_its_last_binding()
    {
        var exchange = await DeclareExchangeAsync("fanout");
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "one");
        await Channel.QueueBindAsync(queue, exchange, "two");

        await Channel.QueueUnbindAsync(queue, exchange, "one");
        await Channel.ExchangeDeclarePassiveAsync(exchange);
        await Channel.QueueUnbindAsync(queue, exchange, "two");

        await AssertChannelErrorAsync(
            404,
            $"NOT_FOUND - no exchange '{exchange}' in vhost '/'",
            channel => channel.ExchangeDeclarePassiveAsync(exchange));
    }

    [Fact]
    public async Task Deleting_an_exchange_removes_its_bindings()
    {
        var exchange = Unique("fanout");
        var queue = await DeclareQueueAsync();
        await Channel.ExchangeDeclareAsync(exchange, "fanout");
        await Channel.QueueBindAsync(queue, exchange, "");
        await Channel.ExchangeDeleteAsync(exchange);
        await Channel.ExchangeDeclareAsync(exchange, "fanout");

        await Assert.ThrowsAsync<PublishReturnException>(
            async () => await Channel.BasicPublishAsync(exchange, "", mandatory: true, "unroutable"u8.ToArray()));
        await Channel.ExchangeDeleteAsync(exchange);
    }

    private static Dictionary<string, object?> Alternate(string exchange) => new() { ["alternate-exchange"] = exchange };
}

using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

public sealed class HeadersExchangeTests(BrokerFixture broker) : ClientTest(broker)
{
    [Theory]
    [InlineData("all", "a=1 b=2", "a=1 b=2", true)]
    [InlineData("all", "a=1 b=2", "a=1 b=2 c=3", true)]
    [InlineData("all", "a=1 b=2", "a=1", false)]
    [InlineData("all", "a=1 b=2", "a=1 b=3", false)]
    [InlineData("all", "a=1 x-b=2", "a=1", true)]
    [InlineData("all", "", "a=1", true)]
    [InlineData("all", "", "", true)]
    [InlineData("any", "a=1 b=2", "b=2", true)]
    [InlineData("any", "a=1 b=2", "a=2 b=1", false)]
    [InlineData("any", "a=1 x-b=2", "x-b=2", false)]
    [InlineData("any", "a=1 b=2", "", false)]
    [InlineData("all-with-x", "a=1 x-b=2", "a=1", false)]
    [InlineData("all-with-x", "a=1 x-b=2", "a=1 x-b=2", true)]
    [InlineData("any-with-x", "a=1 x-b=2", "x-b=2", true)]
    [InlineData("any-with-x", "a=1 x-b=2", "x-b=3", false)]
    public async Task A_binding_matches_by_its_x_match(string match, string binding, string message, bool routed)
    {
        var exchange = await DeclareExchangeAsync("headers");
        var queue = await DeclareQueueAsync();
        var arguments = Table(binding);
        arguments["x-match"] = match;
        await Channel.QueueBindAsync(queue, exchange, "", arguments);

        await Channel.BasicPublishAsync(
            exchange, "ignored", mandatory: false, new BasicProperties { Headers = Table(message) }, "x"u8.ToArray());

        Assert.Equal(routed ? ["x"] : [], await DrainAsync(queue));
    }

    [Fact]
    public async Task A_binding_without_x_match_wants_all_headers()
    {
        var exchange = await DeclareExchangeAsync("headers");
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "", Table("a=1 b=2"));

        await PublishWithAsync(exchange, "a=1");
        Assert.Empty(await DrainAsync(queue));
        await PublishWithAsync(exchange, "a=1 b=2");
        Assert.Equal(["x"], await DrainAsync(queue));
    }

    [Fact]
    public async Task A_binding_argument_without_value_asks_only_for_presence()
    {
        var exchange = await DeclareExchangeAsync("headers");
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "", new Dictionary<string, object?> { ["a"] = null, ["x-match"] = "all" });

        await PublishWithAsync(exchange, "b=1");
        Assert.Empty(await DrainAsync(queue));
        await PublishWithAsync(exchange, "a=anything");
        Assert.Equal(["x"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Values_match_by_type_as_well()
    {
        var exchange = await DeclareExchangeAsync("headers");
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "", new Dictionary<string, object?> { ["a"] = 1, ["x-match"] = "all" });

        await PublishWithAsync(exchange, "a=1");
        Assert.Empty(await DrainAsync(queue));
        await Channel.BasicPublishAsync(
            exchange, "", false, new BasicProperties { Headers = new Dictionary<string, object?> { ["a"] = 1 } }, "x"u8.ToArray());
        Assert.Equal(["x"], await DrainAsync(queue));
    }

    [Fact]
    public async Task Bindings_that_differ_only_in_arguments_are_different_bindings()
    {
        var exchange = await DeclareExchangeAsync("headers");
        var queue = await DeclareQueueAsync();
        await Channel.QueueBindAsync(queue, exchange, "", Table("a=1"));
        await Channel.QueueBindAsync(queue, exchange, "", Table("a=2"));
        await Channel.QueueUnbindAsync(queue, exchange, "", Table("a=1"));

        await PublishWithAsync(exchange, "a=1");
        Assert.Empty(await DrainAsync(queue));
        await PublishWithAsync(exchange, "a=2");
        Assert.Equal(["x"], await DrainAsync(queue));
    }

    [Fact]
    public async Task An_unknown_x_match_is_refused()
    {
        var queue = await DeclareQueueAsync();
        await AssertChannelErrorAsync(
            406,
            "PRECONDITION_FAILED - Invalid x-match field value <<\"nope\">>; expected all, any, all-with-x, or any-with-x",
            channel => channel.QueueBindAsync(queue, "amq.headers", "", new Dictionary<string, object?> { ["x-match"] = "nope" }));
        await AssertChannelErrorAsync(
            406,
            "PRECONDITION_FAILED - Invalid x-match field type signedint (value 1); expected longstr",
            channel => channel.QueueBindAsync(queue, "amq.headers", "", new Dictionary<string, object?> { ["x-match"] = 1 }));
    }

    private async Task PublishWithAsync(string exchange, string headers) =>
        await Channel.BasicPublishAsync(exchange, "", false, new BasicProperties { Headers = Table(headers) }, "x"u8.ToArray());

    private static Dictionary<string, object?> Table(string pairs) => pairs
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('='))
        .ToDictionary(pair => pair[0], object? (pair) => pair[1], StringComparer.Ordinal);
}

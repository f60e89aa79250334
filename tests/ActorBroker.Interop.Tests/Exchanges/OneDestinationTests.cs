using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Exchanges;

/// <summary>Types of exchange that give each message to one destination. RabbitMQ has them with its plug-ins for hashing, random choice and sharding.</summary>
public sealed class OneDestinationTests(BrokerFixture broker) : ClientTest(broker)
{
    private const int Messages = 400;

    [Fact]
    public async Task A_consistent_hash_shares_keys_out_by_weight_and_keeps_each_where_it_is()
    {
        var exchange = await DeclareExchangeAsync("x-consistent-hash");
        var queues = await BindAsync(exchange, "1", "3");
        await PublishAsync(exchange, i => ($"key{i}", new BasicProperties()));
        var first = await DrainAllAsync(queues);
        await PublishAsync(exchange, i => ($"key{i}", new BasicProperties()));

        Assert.Equal(first, await DrainAllAsync(queues));
        AssertSharedOut(first);
        Assert.InRange(first[0].Length, Messages / 8, Messages * 3 / 8);
    }

    [Theory]
    [InlineData("hash-header", "id")]
    [InlineData("hash-property", "message_id")]
    [InlineData("hash-property", "correlation_id")]
    [InlineData("hash-property", "timestamp")]
    public async Task A_consistent_hash_goes_by_what_its_arguments_name(string argument, string name)
    {
        var exchange = await DeclareExchangeAsync("x-consistent-hash", new Dictionary<string, object?> { [argument] = name });
        var queues = await BindAsync(exchange, "10", "10");
        await PublishAsync(exchange, i => ("same", Properties(i)));
        var first = await DrainAllAsync(queues);
        await PublishAsync(exchange, i => ($"other{i}", Properties(i)));

        Assert.Equal(first, await DrainAllAsync(queues));
        AssertSharedOut(first);

        static BasicProperties Properties(int i) => new()
        {
            MessageId = $"m{i}",
            CorrelationId = $"c{i}",
            Timestamp = new AmqpTimestamp(1_000_000 + i),
            Headers = new Dictionary<string, object?> { ["id"] = i },
        };
    }

    [Theory]
    [InlineData("ten", "The binding key must be an integer: <<\"ten\">>")]
    [InlineData("0", "The binding key must be greater than 0")]
    public async Task A_consistent_hash_takes_numbers_as_binding_keys(string key, string text)
    {
        var exchange = await DeclareExchangeAsync("x-consistent-hash");
        var queue = await DeclareQueueAsync();
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - {text}", channel => channel.QueueBindAsync(queue, exchange, key));
    }

    [Fact]
    public async Task A_consistent_hash_refuses_what_it_cannot_go_by()
    {
        await AssertRefusedAsync("Unsupported property: user_id", ("hash-property", "user_id"));
        await AssertRefusedAsync("hash-header and hash-property are mutually exclusive", ("hash-property", "message_id"), ("hash-header", "id"));

        Task AssertRefusedAsync(string text, params (string, object?)[] arguments) => AssertChannelErrorAsync(
            406, $"PRECONDITION_FAILED - {text}", channel => channel.ExchangeDeclareAsync(
                Unique("refused"), "x-consistent-hash", false, true, arguments.ToDictionary(pair => pair.Item1, pair => pair.Item2)));
    }

    [Theory]
    [InlineData("x-random")]
    [InlineData("x-modulus-hash")]
    public async Task One_of_the_queues_takes_each_message_whatever_the_binding_keys(string type)
    {
        var exchange = await DeclareExchangeAsync(type);
        var queues = await BindAsync(exchange, "a", "b", "");
        await PublishAsync(exchange, i => ($"key{i}", new BasicProperties()));
        AssertSharedOut(await DrainAllAsync(queues));
    }

    [Fact]
    public async Task A_modulus_keeps_each_key_where_it_is()
    {
        var exchange = await DeclareExchangeAsync("x-modulus-hash");
        var queues = await BindAsync(exchange, "", "", "");
        await PublishAsync(exchange, i => ($"key{i}", new BasicProperties()));
        var first = await DrainAllAsync(queues);
        await PublishAsync(exchange, i => ($"key{i}", new BasicProperties()));
        Assert.Equal(first, await DrainAllAsync(queues));
    }

    [OwnBrokerFact]
    public async Task A_local_random_takes_queues_without_a_binding_key()
    {
        var exchange = await DeclareExchangeAsync("x-local-random");
        var queues = await BindAsync(exchange, "", "");
        await PublishAsync(exchange, i => ($"key{i}", new BasicProperties()));
        AssertSharedOut(await DrainAllAsync(queues));
        await AssertChannelErrorAsync(
            406, "PRECONDITION_FAILED - Non empty binding 'k' key not permitted", channel => channel.QueueBindAsync(queues[0], exchange, "k"));
    }

    [Theory]
    [InlineData("x-random")]
    [InlineData("x-consistent-hash")]
    public async Task What_no_destination_takes_goes_to_the_alternate_exchange(string type)
    {
        var alternate = await DeclareExchangeAsync(type, type == "x-random" ? null : new Dictionary<string, object?> { ["hash-header"] = "id" });
        var queues = await BindAsync(alternate, "1", "1");
        var exchange = await DeclareExchangeAsync(type, new Dictionary<string, object?> { ["alternate-exchange"] = alternate });
        await PublishAsync(exchange, i => ("k", new BasicProperties { Headers = new Dictionary<string, object?> { ["id"] = $"{i}" } }));
        AssertSharedOut(await DrainAllAsync(queues));

        var own = await DeclareQueueAsync();
        await Channel.QueueBindAsync(own, exchange, "1");
        await PublishAsync(exchange, i => ("k", new BasicProperties()));
        Assert.Equal(Messages, (await DrainAsync(own)).Length);
    }

    private async Task<string[]> BindAsync(string exchange, params string[] keys)
    {
        var queues = new string[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            queues[i] = await DeclareQueueAsync();
            await Channel.QueueBindAsync(queues[i], exchange, keys[i]);
        }

        return queues;
    }

    private async Task PublishAsync(string exchange, Func<int, (string Key, BasicProperties Properties)> message)
    {
        for (var i = 0; i < Messages; i++)
        {
            var (key, properties) = message(i);
            await Channel.BasicPublishAsync(exchange, key, mandatory: true, properties, Encoding.UTF8.GetBytes($"{i}"));
        }
    }

    private async Task<string[][]> DrainAllAsync(string[] queues)
    {
        var bodies = new string[queues.Length][];
        for (var i = 0; i < queues.Length; i++)
        {
            bodies[i] = await DrainAsync(queues[i]);
        }

        return bodies;
    }

    private static void AssertSharedOut(string[][] bodies)
    {
        Assert.All(bodies, Assert.NotEmpty);
        Assert.Equal(Enumerable.Range(0, Messages), bodies.SelectMany(ofQueue => ofQueue).Select(body => int.Parse(body, provider: null)).Order());
    }
}

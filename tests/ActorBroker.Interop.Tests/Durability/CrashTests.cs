using System.Globalization;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>What holds after <c>kill -9</c>.</summary>
[Collection(KilledBroker.Name)]
public sealed class CrashTests(ITestOutputHelper output)
{
    /// <summary>Environment variables: how many times the broker is killed, and the seed that decides when.</summary>
    private const string RoundsVariable = "ACTORBROKER_TEST_KILL_ROUNDS";
    private const string SeedVariable = "ACTORBROKER_TEST_KILL_SEED";
    private const int DefaultRounds = 20;

    /// <summary>Every so many rounds the load lasts long enough for settlements to be due.</summary>
    private const int LongRoundEvery = 5;

    [OwnBrokerFact]
    public async Task No_confirmed_message_is_lost_reordered_or_handed_out_again_unmarked()
    {
        var rounds = FromEnvironment(RoundsVariable) ?? DefaultRounds;
        var seed = FromEnvironment(SeedVariable) ?? Random.Shared.Next();
        var random = new Random(seed);
        output.WriteLine($"{SeedVariable}={seed} {RoundsVariable}={rounds}");
        var ledger = new Ledger();
        await using var broker = await BrokerProcess.StartAsync();
        var load = new CrashLoad(ledger, Factory(broker));
        await load.DeclareAsync();
        for (var round = 1; round <= rounds; round++)
        {
            var confirmedBefore = ledger.Confirmed;
            var phase = TimeSpan.FromMilliseconds(round % LongRoundEvery == 0 ? 2_200 : random.Next(300, 1_000));
            var running = load.RunUntilBrokenAsync(round, out var connected);
            await Task.WhenAny(running, connected);
            await Task.WhenAny(running, Task.Delay(phase));
            await broker.KillAsync();
            var crashedAt = DateTimeOffset.UtcNow;
            await running;
            await broker.StartAgainAsync();
            var recovered = 0;
            for (var number = 0; number < CrashLoad.Queues; number++)
            {
                var drained = await load.DrainAsync(CrashLoad.Queue(number));
                ledger.AssertRecovered(drained, crashedAt, DateTimeOffset.UtcNow);
                recovered += drained.Count;
            }

            ledger.AssertNothingMissing();
            output.WriteLine(
                $"round {round}: killed after {phase.TotalMilliseconds:F0} ms, {ledger.Confirmed - confirmedBefore} confirmed, {recovered} recovered");
        }

        Assert.True(ledger.Confirmed > rounds, $"only {ledger.Confirmed} messages were ever confirmed");
    }

    [OwnBrokerFact]
    public async Task Durable_definitions_and_persistent_messages_are_back_and_the_rest_is_gone()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await using (var connection = await Factory(broker).CreateConnectionAsync())
        {
            await DeclareAsync(await ConfirmingChannelAsync(connection));
            await broker.KillAsync();
        }

        await broker.StartAgainAsync();

        await using var again = await Factory(broker).CreateConnectionAsync();
        await using var channel = await ConfirmingChannelAsync(again);

        // A transient message may survive a crash or not; a persistent one has to.
        Assert.Single(await DrainAsync(channel, "durable"), "persistent");

        // Equivalent in every property and argument: declaring again succeeds.
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false);
        await channel.ExchangeDeclareAsync("durable-headers", "headers", durable: true);
        await channel.ExchangeDeclareAsync(
            "durable-topic", "topic", durable: true, arguments: new Dictionary<string, object?> { ["alternate-exchange"] = "durable-fanout" });

        // Every binding routes as before: by pattern, through another exchange, by header, and through the alternate.
        await channel.BasicPublishAsync("durable-topic", "a.b", "by pattern"u8.ToArray());
        await channel.BasicPublishAsync("durable-direct", "c.d", "through another exchange"u8.ToArray());
        await channel.BasicPublishAsync(
            "durable-headers",
            "",
            false,
            new BasicProperties { Headers = new Dictionary<string, object?> { ["kind"] = "x" } },
            "by header"u8.ToArray());
        await channel.BasicPublishAsync("durable-topic", "unmatched", "through the alternate"u8.ToArray());
        Assert.Equal(
            ["by pattern", "through another exchange", "by header", "through the alternate"], await DrainAsync(channel, "durable"));

        await AssertGoneAsync(again, other => other.QueueDeclarePassiveAsync("transient"));
        await AssertGoneAsync(again, other => other.QueueDeclarePassiveAsync("exclusive"));
        await AssertGoneAsync(again, other => other.QueueDeclarePassiveAsync("durable-exclusive"));
        await AssertGoneAsync(again, other => other.ExchangeDeclarePassiveAsync("transient-exchange"));
        await AssertGoneAsync(again, other => other.QueueDeclarePassiveAsync("deleted"));
    }

    private static async Task DeclareAsync(IChannel channel)
    {
        await channel.QueueDeclareAsync("durable", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("deleted", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("transient", durable: false, exclusive: false, autoDelete: false);
        await channel.QueueDeclareAsync("exclusive", durable: false, exclusive: true, autoDelete: false);
        await channel.QueueDeclareAsync("durable-exclusive", durable: true, exclusive: true, autoDelete: false);
        await channel.ExchangeDeclareAsync("transient-exchange", "direct", durable: false);
        await channel.ExchangeDeclareAsync("durable-fanout", "fanout", durable: true);
        await channel.ExchangeDeclareAsync(
            "durable-topic", "topic", durable: true, arguments: new Dictionary<string, object?> { ["alternate-exchange"] = "durable-fanout" });
        await channel.ExchangeDeclareAsync("durable-direct", "direct", durable: true);
        await channel.ExchangeDeclareAsync("durable-headers", "headers", durable: true);
        await channel.QueueBindAsync("durable", "durable-topic", "a.*");
        await channel.QueueBindAsync("durable", "durable-topic", "c.#");
        await channel.ExchangeBindAsync("durable-topic", "durable-direct", "c.d");
        await channel.QueueBindAsync("durable", "durable-fanout", "");
        await channel.QueueBindAsync("durable", "durable-headers", "", new Dictionary<string, object?> { ["x-match"] = "any", ["kind"] = "x" });
        await channel.QueueBindAsync("transient", "durable-fanout", "");
        await channel.QueueBindAsync("durable", "transient-exchange", "");
        await channel.BasicPublishAsync("", "durable", false, new BasicProperties { Persistent = true }, "persistent"u8.ToArray());
        await channel.BasicPublishAsync("", "durable", false, new BasicProperties(), "transient"u8.ToArray());
        await channel.QueueDeleteAsync("deleted");
    }

    private static async Task AssertGoneAsync(IConnection connection, Func<IChannel, Task> find)
    {
        await using var channel = await connection.CreateChannelAsync();
        var failure = await Assert.ThrowsAnyAsync<RabbitMQ.Client.Exceptions.OperationInterruptedException>(() => find(channel));
        Assert.Equal((ushort)404, failure.ShutdownReason!.ReplyCode);
    }

    private static async Task<List<string>> DrainAsync(IChannel channel, string queue)
    {
        var bodies = new List<string>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            bodies.Add(System.Text.Encoding.UTF8.GetString(message.Body.Span));
        }

        return bodies;
    }

    private static Task<IChannel> ConfirmingChannelAsync(IConnection connection) => connection.CreateChannelAsync(
        new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));

    private static ConnectionFactory Factory(BrokerProcess broker) => new()
    {
        HostName = broker.Endpoint.Host,
        Port = broker.Endpoint.Port,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = BrokerFixture.Limit,
        RequestedConnectionTimeout = BrokerFixture.Limit,
    };

    private static int? FromEnvironment(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;
}

using System.Globalization;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Durability.Kills;

/// <summary>
/// <c>kill -9</c> at random points, again and again on the same data: the history of what clients did and saw decides.
/// The short form kills 20 times in all; <c>ACTORBROKER_TEST_KILL_ROUNDS</c> says otherwise, and
/// <c>ACTORBROKER_TEST_KILL_SEED</c> repeats a workload.
/// </summary>
[Collection(KilledBroker.Name)]
public sealed class KillTests(ITestOutputHelper output)
{
    private const string RoundsVariable = "ACTORBROKER_TEST_KILL_ROUNDS";
    private const string SeedVariable = "ACTORBROKER_TEST_KILL_SEED";
    private const int DefaultRounds = 20;

    /// <summary>A data folder is given up after so many rounds, to bound what has to be judged at once.</summary>
    private const int RoundsOfFolder = 10;

    /// <summary>Every so many rounds the load lasts long enough for settlements to be due.</summary>
    private const int LongRoundEvery = 5;

    /// <summary>Every so many rounds the broker is killed once more while it starts.</summary>
    private const int StartKilledEvery = 3;

    [OwnBrokerFact]
    public Task A_classic_queue_keeps_its_promises() => RunAsync(() => KillShape.OneQueue("classic"), share: 6);

    [OwnBrokerFact]
    public Task A_quorum_queue_keeps_its_promises() => RunAsync(() => KillShape.OneQueue("quorum"), share: 6);

    [OwnBrokerFact]
    public Task Queues_of_every_kind_and_their_topology_keep_their_promises() => RunAsync(KillShape.ManyQueues, share: 8);

    private async Task RunAsync(Func<KillShape> shape, int share)
    {
        var left = (FromEnvironment(RoundsVariable) ?? DefaultRounds) * share / DefaultRounds;
        var seed = FromEnvironment(SeedVariable) ?? Random.Shared.Next(1_000_000);
        for (; left > 0; left -= RoundsOfFolder)
        {
            await RunFolderAsync(shape(), Math.Min(left, RoundsOfFolder), seed++);
        }
    }

    private async Task RunFolderAsync(KillShape shape, int rounds, int seed)
    {
        var random = new Random(seed);
        output.WriteLine($"{SeedVariable}={seed}");
        await using var broker = await BrokerProcess.StartAsync();
        var load = new KillLoad(shape, Factory(broker), seed);
        await load.DeclareAsync();
        for (var round = 1; round <= rounds; round++)
        {
            var duration = TimeSpan.FromMilliseconds(round % LongRoundEvery == 0 ? 3_000 : random.Next(200, 1_000));
            await load.RunAsync(round, duration, broker.KillAsync);
            if (round % StartKilledEvery == 0)
            {
                await broker.StartAndKillAsync(TimeSpan.FromMilliseconds(random.Next(300, 1_500)));
                load.KilledWhileStarting();
            }

            await broker.StartAgainAsync();
            output.WriteLine($"round {round}: killed after {duration.TotalMilliseconds:F0} ms, {load.EventCount} events");
        }

        var violations = await load.DrainAsync(rounds + 1);
        output.WriteLine($"drained: {load.EventCount} events");
        Assert.True(
            violations.Count == 0,
            $"{SeedVariable}={seed}: {violations.Count} violations, such as{Environment.NewLine}"
            + string.Join(Environment.NewLine, violations.GroupBy(violation => violation.Kind).SelectMany(kind => kind.Take(5))));
    }

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

using System.Globalization;
using ActorBroker.Testing;
using ActorBroker.Testing.History;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>
/// Three nodes on one database, with clients on all of them that publish, consume, declare and delete, while nodes are
/// killed, halted, cut off and restarted, and the database is lost: the history of what clients did and saw decides. The
/// short form has 30 rounds in all; <c>ACTORBROKER_TEST_CLUSTER_ROUNDS</c> says otherwise, and
/// <c>ACTORBROKER_TEST_CLUSTER_SEED</c> repeats the choices of a run.
/// </summary>
public sealed class FaultTests(ITestOutputHelper output)
{
    private const string RoundsVariable = "ACTORBROKER_TEST_CLUSTER_ROUNDS";
    private const string SeedVariable = "ACTORBROKER_TEST_CLUSTER_SEED";
    private const int DefaultRounds = 30;
    private const int Nodes = 3;

    /// <summary>What clients did is judged after so many rounds, to bound what has to be judged at once.</summary>
    private const int RoundsOfChapter = 10;

    private const int StoryLines = 20;

    // In the short form nodes are given up sooner than a machine in earnest should: that is the price of seconds. Who was
    // whose member when is what one wants to know first when something fails.
    private static readonly string[] Settings = LongForm.Or<string[]>(
        ["akka.cluster.log-info=on"],
        [
            "akka.cluster.log-info=on",
            "akka.cluster.failure-detector.acceptable-heartbeat-pause=2500ms",
            "akka.cluster.split-brain-resolver.stable-after=2s",
            "akka.cluster.down-removal-margin=1s",
        ]);

    private static readonly TimeSpan LongerThanDetection = LongForm.Or(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(8));

    [NetworkFact]
    public Task Nodes_that_are_killed() => RunAsync(5, Fault.Kill);

    [NetworkFact]
    public Task Nodes_that_are_killed_and_started_at_once() => RunAsync(5, Fault.KillAndStart);

    [NetworkFact]
    public Task Nodes_that_are_halted() => RunAsync(4, Fault.Halt, Fault.ShortHalt);

    [NetworkFact]
    public Task Networks_that_are_cut() => RunAsync(8, Fault.Halves, Fault.OneNode, Fault.Bridge, Fault.OneWay);

    [NetworkFact]
    public Task Nodes_that_are_restarted_in_turn() => RunAsync(2, Fault.RollingRestart);

    [NetworkFact]
    public Task Databases_that_are_lost() => RunAsync(4, Fault.DatabaseCrash, Fault.DatabaseStop);

    [NetworkFact]
    public Task Everything_in_any_order() => RunAsync(2, Enum.GetValues<Fault>());

    private async Task RunAsync(int share, params Fault[] faults)
    {
        var rounds = Math.Max(1, (FromEnvironment(RoundsVariable) ?? DefaultRounds) * share / DefaultRounds);
        var seed = FromEnvironment(SeedVariable) ?? Random.Shared.Next(1_000_000);
        Log($"{SeedVariable}={seed}");
        var random = new Random(seed);
        await using var cluster = await BrokerCluster.StartAsync(Nodes, Settings);
        Log("the cluster runs");
        try
        {
            for (var done = 0; done < rounds; done += RoundsOfChapter)
            {
                await RunChapterAsync(cluster, done, Math.Min(rounds, done + RoundsOfChapter), seed, random, faults);
            }
        }
        catch (Exception e)
        {
            throw new FaultTestException($"{SeedVariable}={seed}: {e.Message}{Environment.NewLine}{cluster.Output()}", e);
        }
    }

    private async Task RunChapterAsync(BrokerCluster cluster, int from, int to, int seed, Random random, Fault[] kinds)
    {
        using var load = new ClusterLoad(cluster, from / RoundsOfChapter, seed);
        await load.StartAsync();
        var unexpected = new List<Surprise>();
        await load.WorkedAsync(_ => true, load.Now, atHome: true, LongerThanDetection * 2);
        for (var round = from; round < to; round++)
        {
            // In turn, so that few rounds have each of them.
            var fault = kinds.Length > to - from ? kinds[random.Next(kinds.Length)] : kinds[round % kinds.Length];
            Log($"round {round + 1}: {fault}");
            unexpected.AddRange(await new FaultRound(cluster, load, random, Log)
            {
                LongerThanDetection = LongerThanDetection,
                DatabaseOutage = LongForm.Or(TimeSpan.FromSeconds(random.Next(2, 60)), TimeSpan.FromSeconds(random.Next(2, 5))),
            }.RunAsync(fault));
        }

        var violations = await load.EndAsync();
        Log($"judged: {load.EventCount} events, {violations.Count} violations, {unexpected.Count} times that clients should not have noticed");
        foreach (var violation in violations.GroupBy(violation => violation.Kind).SelectMany(kind => kind.Take(5)))
        {
            Log(violation.ToString());
            foreach (var line in load.Story(violation).Take(StoryLines))
            {
                Log($"  {line}");
            }
        }

        foreach (var surprise in unexpected)
        {
            Log(surprise.Text);
        }

        if (unexpected.Count > 0 && LongForm.IsAsked)
        {
            Log(cluster.Output());
        }

        Assert.True(violations.Count == 0, $"{violations.Count} violations: {string.Join("; ", violations.Take(3))}");

        var faults = unexpected.Where(static surprise => LongForm.IsAsked || !surprise.MayBeLoad).Select(static surprise => surprise.Text).ToList();
        Assert.True(faults.Count == 0, $"{faults.Count} surprises: {string.Join("; ", faults.Take(3))}");
    }

    private void Log(string line) => output.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {line}");

    private static int? FromEnvironment(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;
}

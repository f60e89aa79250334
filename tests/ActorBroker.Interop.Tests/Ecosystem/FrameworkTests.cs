using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Ecosystem;

/// <summary>Frameworks that declare topologies of their own and recover by themselves, each with its defaults.</summary>
[Collection(OtherClients.Name)]
public sealed class FrameworkTests(BrokerFixture broker)
{
    private static readonly string[] CelerysWork =
    [
        "add 5",
        "chain 14",
        "group [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]",
        "retried 3",
        "failed no hope",
        "between 2",
        "in time True",
        "revoked revoked",
        "events True",
    ];

    private readonly BrokerEndpoint _broker = broker.Endpoint;

    [Fact]
    public Task Celery_works_on_classic_queues_with_priorities() => AssertCeleryWorksAsync("classic", "priorities 9 5 1");

    /// <summary>Celery asks for a prefetch count for the whole channel, which RabbitMQ refuses for quorum queues.</summary>
    [OwnBrokerFact]
    public Task Celery_works_on_quorum_queues() => AssertCeleryWorksAsync("quorum");

    [Fact]
    public async Task Rascal_retries_by_republishing_requeueing_resting_and_burying() => Assert.Equal(
        [
            "plain confirmed",
            "retried confirmed",
            "republished 2",
            "requeued confirmed",
            "redelivered true",
            "rested, then expired",
            "buried because rejected",
            "lost returned",
        ],
        await ScriptRunner.NodeAsync(_broker, "rascal_work.js"));

    [Fact]
    public async Task The_connection_manager_of_amqplib_sends_what_waited_for_a_connection() => Assert.Equal(
        ["confirmed 100", "received in order", "left 0"],
        await ScriptRunner.NodeAsync(_broker, "connection_manager_work.js"));

    [Theory]
    [InlineData("rascal_reconnect.js")]
    [InlineData("connection_manager_reconnect.js")]
    public async Task After_its_connections_were_cut_a_framework_comes_back(string script)
    {
        await using var proxy = new CuttableProxy(_broker);
        var lines = await ScriptRunner.NodeAsync(proxy.Endpoint, script, line =>
        {
            if (line == "cut me")
            {
                proxy.Cut();
            }
        });
        Assert.Equal(["received before", "cut me", "received after"], lines);
    }

    private async Task AssertCeleryWorksAsync(string queueType, params string[] first)
    {
        string[] expected = ["ping [{'ok': 'pong'}]", .. first, .. CelerysWork];
        Assert.Equal(expected, await ScriptRunner.CeleryAsync(_broker, "work.py", queueType));
    }
}

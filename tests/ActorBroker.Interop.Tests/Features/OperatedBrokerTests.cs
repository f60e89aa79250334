using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>What an operator has set, as clients of other languages meet it.</summary>
[Collection(TutorialScripts.Name)]
public sealed class OperatedBrokerTests
{
    private static readonly string[] Settings =
    [
        """actorbroker.policies=[{ name = "limited", pattern = "^limited[.]", apply-to = queues, definition { max-length = 3 } }]""",
        """actorbroker.operator-policies=[{ name = "capped", pattern = "^capped[.]", apply-to = queues, definition { max-length = 1 } }]""",
        """actorbroker.traced-virtual-hosts=["/"]""",
        """actorbroker.limits=[{ vhost = "/", max-connections = 4, max-queues = 5 }]""",
    ];

    [OwnBrokerFact]
    public async Task Policies_tracing_and_limits_are_in_force_for_pika_and_amqplib()
    {
        await using var broker = await BrokerProcess.StartAsync(Settings);
        string[] Lines(string routingKeys) =>
            ["limited.by-policy b c d", "capped.by-operator d", $"traced publish.amq.direct {routingKeys} seen", "queues 406", "connections 4"];

        Assert.Equal(Lines("['nowhere']"), await ScriptRunner.PythonAsync(broker.Endpoint, "operated.py"));
        Assert.Equal(Lines("[\"nowhere\"]"), await ScriptRunner.NodeAsync(broker.Endpoint, "operated.js"));
    }

    [OwnBrokerFact]
    public async Task Publishers_with_pika_and_amqplib_are_told_that_they_are_blocked_and_others_are_served()
    {
        await using var broker = await BrokerProcess.StartAsync("actorbroker.alarms.disk-free-limit=900000GiB");

        Assert.Equal(["blocked low on disk", "served True"], await ScriptRunner.PythonAsync(broker.Endpoint, "blocked.py"));
        Assert.Equal(["blocked low on disk", "served true"], await ScriptRunner.NodeAsync(broker.Endpoint, "blocked.js"));
    }
}

using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>
/// The features as clients of other languages see them. Each script goes through its sections one by one, prints a line
/// for each that holds, and ends with an error at the first that does not.
/// </summary>
[Collection(TutorialScripts.Name)]
public sealed class ScriptFeatureTests(BrokerFixture broker)
{
    private static readonly string[] OfBoth =
    [
        "message ttl of a queue and its dead letters", "expiration of a message", "expiry of a queue", "length limit drops the oldest",
        "length limit refuses publishes", "rejected messages are dead letters", "priorities", "priorities of consumers",
        "single active consumer and its successor", "delivery limit of a quorum queue", "copies and blind copies", "user id of another",
        "direct reply to", "events", "recover", "stream from an offset", "consistent hash", "delayed exchange", "cancel notification",
        "returned messages", "wrong arguments", "random and modulus hash", "recent history", "deduplication", "groups and fair shares",
        "redefinition",
    ];

    [OwnBrokerFact]
    public async Task They_are_there_for_pika() =>
        Assert.Equal(Lines("transactions", "transaction over several queues"), Sorted(await ScriptRunner.PythonAsync(broker.Endpoint, "features.py")));

    [OwnBrokerFact]
    public async Task They_are_there_for_amqplib() =>
        Assert.Equal(Lines("update secret"), Sorted(await ScriptRunner.NodeAsync(broker.Endpoint, "features.js")));

    private static string[] Lines(params string[] further) => Sorted([.. OfBoth.Concat(further).Select(section => $"ok {section}")]);

    private static string[] Sorted(string[] lines) => [.. lines.Order(StringComparer.Ordinal)];
}

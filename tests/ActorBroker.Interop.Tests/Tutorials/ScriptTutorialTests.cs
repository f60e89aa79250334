using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Tutorials;

/// <summary>
/// The tutorials in other languages. Each script plays all the parts of its tutorial, prints what the receiving parts
/// saw, and is expected to print the same whatever its language.
/// </summary>
[Collection(TutorialScripts.Name)]
public abstract class ScriptTutorialTests(BrokerFixture broker)
{
    protected BrokerFixture Broker { get; } = broker;

    [Fact]
    public async Task Hello_world() =>
        Assert.Equal(["received Hello World!"], await RunAsync("hello_world"));

    [Fact]
    public async Task Work_queues()
    {
        // The first worker dies with its first task in hand; the others take over, and nothing is lost.
        var lines = await RunAsync("work_queues");
        Assert.Equal("taken and lost task-0", lines[0]);
        Assert.Single(lines, "again task-0");
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => $"done task-{i}"),
            lines.Where(line => line.StartsWith("done", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Publish_subscribe() => Assert.Equal(
        ["first log-0", "first log-1", "first log-2", "second log-0", "second log-1", "second log-2"],
        await RunAsync("publish_subscribe"));

    [Fact]
    public async Task Routing() => Assert.Equal(
        ["disk error: kernel panic", "screen info: started", "screen warning: slow", "screen error: kernel panic"],
        await RunAsync("routing"));

    [Fact]
    public async Task Topics() => Assert.Equal(
        [
            "* kern.critical", "* kern.info", "* cron.critical", "* cron.info.daily",
            "kern.* kern.critical", "kern.* kern.info",
            "*.critical kern.critical", "*.critical cron.critical",
        ],
        await RunAsync("topics"));

    [Fact]
    public async Task Remote_procedure_call() =>
        Assert.Equal(["fib(0) = 0", "fib(1) = 1", "fib(10) = 55", "fib(20) = 6765"], await RunAsync("rpc"));

    [Fact]
    public async Task Publisher_confirms() => Assert.Equal(
        ["confirmed one by one 100", "confirmed in batches 1000", "confirmed as they come 1000", "in the queue 2100", "returned NO_ROUTE 312"],
        await RunAsync("publisher_confirms"));

    protected abstract Task<string[]> RunAsync(string tutorial);
}

/// <summary>The tutorials with amqplib under Node.js.</summary>
public sealed class NodeTutorialTests(BrokerFixture broker) : ScriptTutorialTests(broker)
{
    protected override Task<string[]> RunAsync(string tutorial) => ScriptRunner.NodeAsync(Broker.Endpoint, $"{tutorial}.js");
}

/// <summary>The tutorials with pika under Python.</summary>
public sealed class PythonTutorialTests(BrokerFixture broker) : ScriptTutorialTests(broker)
{
    protected override Task<string[]> RunAsync(string tutorial) => ScriptRunner.PythonAsync(Broker.Endpoint, $"{tutorial}.py");
}

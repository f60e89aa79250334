using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Ecosystem;

/// <summary>
/// Clients of other languages at their everyday work. Each language has the same scripts, which print the same lines.
/// </summary>
[Collection(OtherClients.Name)]
public abstract class ClientTests(BrokerFixture broker)
{
    protected BrokerEndpoint Broker { get; } = broker.Endpoint;

    [Fact]
    public async Task Publishes_are_confirmed_or_returned_and_consumed_in_order() => Assert.Equal(
        ["confirmed 500", "returned 312 NO_ROUTE", "received 500 in order", "left 0"],
        await RunAsync(Broker, "work"));

    [Fact]
    public async Task Arguments_reach_the_broker_as_they_were_meant() => Assert.Equal(
        [
            "priorities 9 5 1",
            "dead expired 1 42 true text",
            "dead rejected 1 42 true text",
            "dead maxlen 1 42 true text",
            "declared again otherwise 406",
        ],
        await RunAsync(Broker, "arguments"));

    [Fact]
    public async Task After_its_connection_was_cut_a_client_comes_back_and_goes_on()
    {
        await using var proxy = new CuttableProxy(Broker);
        var lines = await RunAsync(proxy.Endpoint, "reconnect", line =>
        {
            if (line == "cut me")
            {
                proxy.Cut();
            }
        });
        Assert.Equal(["received before", "cut me", "received after"], lines);
    }

    protected abstract Task<string[]> RunAsync(BrokerEndpoint broker, string script, Action<string>? onLine = null);
}

/// <summary>Bunny, by its own automatic recovery.</summary>
public sealed class BunnyTests(BrokerFixture broker) : ClientTests(broker)
{
    protected override Task<string[]> RunAsync(BrokerEndpoint broker, string script, Action<string>? onLine = null) =>
        ScriptRunner.RubyAsync(broker, $"{script}.rb", onLine);
}

/// <summary>php-amqplib; it leaves reconnecting to its user.</summary>
public sealed class PhpAmqplibTests(BrokerFixture broker) : ClientTests(broker)
{
    protected override Task<string[]> RunAsync(BrokerEndpoint broker, string script, Action<string>? onLine = null) =>
        ScriptRunner.PhpAsync(broker, $"{script}.php", onLine);
}

/// <summary>Go's amqp091; it leaves reconnecting to its user.</summary>
public sealed class GoTests(BrokerFixture broker) : ClientTests(broker)
{
    protected override Task<string[]> RunAsync(BrokerEndpoint broker, string script, Action<string>? onLine = null) =>
        ScriptRunner.GoAsync(broker, script, onLine);
}

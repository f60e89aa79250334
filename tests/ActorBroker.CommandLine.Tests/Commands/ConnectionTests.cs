using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.CommandLine.Tests.Commands;

public sealed class ConnectionTests(BrokerFixture fixture) : CommandSpec(fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Connections_channels_and_consumers_are_listed()
    {
        var host = await VirtualHostAsync();
        await RunAsync("queues", "declare", "q", "--vhost", host);
        await using var connection = await ConnectAsync(host, "listed");
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, 7, false);
        await channel.BasicConsumeAsync("q", autoAck: false, "tag", new AsyncEventingBasicConsumer(channel));

        var connections = await ToldAsync(static told => told.Lines.Count == 2 && told.Output.Contains("listed", StringComparison.Ordinal), "connections", "list", "--vhost", host);
        Assert.Contains(" guest ", connections.Output, StringComparison.Ordinal);
        await ToldAsync(static told => told.Lines.Count == 2, "channels", "list", "--vhost", host);
        var consumers = await ToldAsync(static told => told.Lines.Count == 2, "consumers", "list", "--vhost", host);
        Assert.Matches($@"(?m)^{host} +q +tag .* guest +true +false +7 ", consumers.Output);
    }

    [Fact]
    public async Task Connections_are_closed_by_name_and_all_together_and_told_why()
    {
        var host = await VirtualHostAsync();
        var closed = new ConcurrentQueue<string>();
        var one = await ConnectAsync(host, "one");
        var two = await ConnectAsync(host, "two");
        foreach (var connection in (IConnection[])[one, two])
        {
            connection.ConnectionShutdownAsync += (_, reason) =>
            {
                closed.Enqueue(reason.ReplyText);
                return Task.CompletedTask;
            };
        }

        var listed = await ToldAsync(static told => told.Json.AsArray().Count == 2, "connections", "list", "--vhost", host, "--json");
        var name = (string)listed.Json.AsArray().First(item => (string?)item!["user_provided_name"] == "one")!["name"]!;
        Assert.Equal("1 connection closed\n", (await RunAsync("connections", "close", name, "--reason", "for a test")).Output);
        await RunAsync("connections", "close", "--all", "--vhost", host);

        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (closed.Count < 2)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }

        Assert.Contains(closed, static text => text.Contains("for a test", StringComparison.Ordinal));
        await one.DisposeAsync();
        await two.DisposeAsync();
        await FailAsync(ExitCodes.NotFound, "connections", "close", "none");
        await FailAsync(ExitCodes.Misused, "connections", "close");
        await FailAsync(ExitCodes.Misused, "connections", "close", "none", "--all");
    }

    private Task<IConnection> ConnectAsync(string host, string name) => new ConnectionFactory
    {
        HostName = Fixture.Amqp.Address.ToString(), Port = Fixture.Amqp.Port, VirtualHost = host, ClientProvidedName = name, AutomaticRecoveryEnabled = false,
    }.CreateConnectionAsync();
}

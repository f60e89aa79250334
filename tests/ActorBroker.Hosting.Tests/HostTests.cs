using ActorBroker.Client;
using ActorBroker.Embedded;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ActorBroker.Hosting.Tests;

/// <summary>A broker and its client inside a worker's host.</summary>
public sealed class HostTests : IDisposable
{
    private static readonly string[] Settings = ["actorbroker.listeners.amqp.host=127.0.0.1", "actorbroker.listeners.amqp.port=0"];

    private readonly string _folder = Directory.CreateTempSubdirectory("actorbroker-hosting-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_host_runs_a_broker_and_a_client_of_it_and_tells_their_health()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka("application", akka => akka
            .WithActorBroker(new EmbeddedBrokerSettings { DataDirectory = _folder, Settings = Settings })
            .WithActorBrokerClient(static system => new BrokerClientSettings { Contacts = [system.ActorBroker().Contact] }));
        using var host = builder.Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var client = system.ActorBrokerClient();
        await client.ConnectedAsync();

        await client.DeclareQueueAsync("hosted");
        Assert.True((await client.PublishAsync(OutgoingMessage.ToQueue("hosted", "1"u8.ToArray(), MessageProperties.Durable))).IsConfirmed);
        Assert.NotEqual(0, system.ActorBroker().AmqpEndPoint!.Port);
        Assert.Equal(client.Actor, host.Services.GetRequiredService<IReadOnlyActorRegistry>().Get<BrokerClient>());
        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, health.Entries[ActorBrokerHosting.BrokerCheck].Status);
        Assert.Equal(HealthStatus.Healthy, health.Entries[ActorBrokerHosting.ClientCheck].Status);

        var broker = system.ActorBroker();
        await host.StopAsync();
        Assert.False(broker.IsServing);

        // Another process can have the folder, and finds what was confirmed.
        await using var next = await EmbeddedBroker.StartAsync(new EmbeddedBrokerSettings { DataDirectory = _folder, Settings = Settings });
        using var application = ActorSystem.Create("next", Akka.Configuration.ConfigurationFactory.ParseString(
            "akka.actor.provider = remote, akka.remote.dot-netty.tcp.hostname = \"127.0.0.1\""
                .Replace(", ", "\n", StringComparison.Ordinal) + "\nakka.remote.dot-netty.tcp.port = 0"));
        var again = BrokerClient.Start(application, new BrokerClientSettings { Contacts = [next.Contact] });
        Assert.Equal("1", (await again.GetAsync("hosted", noAck: true))!.Text);
    }

    [Fact]
    public async Task A_client_without_a_broker_is_unhealthy()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka("application", akka => akka.WithActorBrokerClient(new BrokerClientSettings { Contacts = ["127.0.0.1:9"] }));
        using var host = builder.Build();
        await host.StartAsync();

        var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(HealthStatus.Unhealthy, health.Entries[ActorBrokerHosting.ClientCheck].Status);
        Assert.Equal("there is no session with the broker", health.Entries[ActorBrokerHosting.ClientCheck].Description);
        await host.StopAsync();
    }
}

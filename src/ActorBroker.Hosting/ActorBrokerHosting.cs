using ActorBroker.Client;
using ActorBroker.Contracts.Options;
using ActorBroker.Embedded;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Hosting.Logging;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Hosting;

/// <summary>
/// A broker, or clients of one, as parts of an application with Akka.Hosting. Their health checks are there where the
/// application has <c>services.AddHealthChecks()</c>.
/// </summary>
public static class ActorBrokerHosting
{
    /// <summary>The name of the broker's health check.</summary>
    public const string BrokerCheck = "actorbroker";

    /// <summary>The name of the client's health check.</summary>
    public const string ClientCheck = "actorbroker-client";

    private const string LoggerSetting = "akka.loggers=[\"Akka.Hosting.Logging.LoggerFactoryLogger, Akka.Hosting\"]";

    /// <summary>
    /// Runs a broker inside the process, in an actor system of its own: it serves when the host has started, and stops with
    /// the application's actor system, which <see cref="ActorBroker"/> gets it from. It logs as the application does.
    /// Adds the health check <see cref="BrokerCheck"/>.
    /// </summary>
    public static AkkaConfigurationBuilder WithActorBroker(this AkkaConfigurationBuilder builder, EmbeddedBrokerSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .WithActors(async (system, _, resolver) =>
            {
                var loggers = resolver.GetService<ILoggerFactory>();
                var broker = await EmbeddedBroker.StartAsync(WithLogs(settings ?? new EmbeddedBrokerSettings(), loggers)).ConfigureAwait(false);
                HostedParts.Of(system).Broker = broker;
                EndWith(system, "stop broker", broker);
            })
            .WithHealthCheck(BrokerCheck, static (system, _, _) => Task.FromResult(
                HostedParts.Of(system).Broker is { IsServing: true }
                    ? HealthCheckResult.Healthy("clients are served")
                    : HealthCheckResult.Unhealthy("the broker does not serve")));
    }

    /// <summary>
    /// Makes the application a client of a broker: <see cref="ActorBrokerClient"/> gets it from the actor system, and its actor
    /// is registered under <see cref="BrokerClient"/>. An application that says nothing of remoting gets it on a free port. Adds
    /// the health check <see cref="ClientCheck"/>: unhealthy while there is no session.
    /// </summary>
    public static AkkaConfigurationBuilder WithActorBrokerClient(this AkkaConfigurationBuilder builder, BrokerClientSettings settings) =>
        builder.WithActorBrokerClient(_ => settings);

    /// <summary>As the other, with settings that are known once the host starts: those of a broker in the same process, for instance.</summary>
    public static AkkaConfigurationBuilder WithActorBrokerClient(
        this AkkaConfigurationBuilder builder, Func<ActorSystem, BrokerClientSettings> settings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        return builder
            .AddHocon(
                BrokerConfiguration.With(Config.Empty, "akka.actor.provider=remote", "akka.remote.dot-netty.tcp.port=0"), HoconAddMode.Append)
            .WithActors((system, registry) =>
            {
                var client = BrokerClient.Start(system, settings(system));
                HostedParts.Of(system).Client = client;
                registry.Register<BrokerClient>(client.Actor);
                EndWith(system, "close session with broker", client);
            })
            .WithHealthCheck(ClientCheck, static async (system, _, cancellation) =>
            {
                if (HostedParts.Of(system).Client is not { } client)
                {
                    return HealthCheckResult.Unhealthy("the client has not started");
                }

                var state = await client.StateAsync(cancellation).ConfigureAwait(false);
                return state.IsOpen
                    ? HealthCheckResult.Healthy("there is a session with the broker")
                    : HealthCheckResult.Unhealthy(state.Failure?.Text ?? "there is no session with the broker");
            });
    }

    /// <summary>The broker that <see cref="WithActorBroker"/> has started beside this actor system.</summary>
    /// <exception cref="InvalidOperationException">It has not, or not yet.</exception>
    public static EmbeddedBroker ActorBroker(this ActorSystem system) =>
        HostedParts.Of(system).Broker ?? throw new InvalidOperationException("No broker has been started beside this actor system.");

    /// <summary>The client that <see cref="WithActorBrokerClient(AkkaConfigurationBuilder, BrokerClientSettings)"/> has started in this actor system.</summary>
    /// <exception cref="InvalidOperationException">It has not, or not yet.</exception>
    public static BrokerClient ActorBrokerClient(this ActorSystem system) =>
        HostedParts.Of(system).Client ?? throw new InvalidOperationException("No client of a broker has been started in this actor system.");

    private static EmbeddedBrokerSettings WithLogs(EmbeddedBrokerSettings settings, ILoggerFactory loggers) => settings with
    {
        Settings = [LoggerSetting, .. settings.Settings],
        Setups = [new LoggerFactorySetup(loggers), .. settings.Setups],
    };

    private static void EndWith(ActorSystem system, string task, IAsyncDisposable part) =>
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, task, async () =>
        {
            await part.DisposeAsync().ConfigureAwait(false);
            return Akka.Done.Instance;
        });
}

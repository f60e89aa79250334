using System.Net;
using ActorBroker.Broker;
using ActorBroker.Broker.Alarms;
using ActorBroker.Broker.Clustering;
using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Time;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;

namespace ActorBroker.Embedded;

/// <summary>
/// One node, the only one of its cluster, inside the process of an application, with an actor system of its own. Several
/// live beside each other in one process if each has a data folder of its own. Several nodes that are one broker are
/// servers of their own.
/// </summary>
public sealed class EmbeddedBroker : IAsyncDisposable
{
    private readonly AwakeClock _awake;
    private readonly DataFolder _folder;
    private readonly JournalStores _journals;
    private readonly TimeSpan _shutdownLimit;
    private int _isDisposed;

    private EmbeddedBroker(
        AwakeClock awake, DataFolder folder, JournalStores journals, ActorSystem system, BrokerOptions options,
        IReadOnlyList<(string Name, IPEndPoint EndPoint)> listeners)
    {
        _awake = awake;
        _folder = folder;
        _journals = journals;
        _shutdownLimit = options.Cluster.ShutdownLimit;
        System = system;
        Listeners = listeners;
        var access = options.Access;
        (User, Password, VirtualHost) = (access.DefaultUser, access.DefaultPassword, access.DefaultVirtualHost);
    }

    /// <summary>The node's own actor system.</summary>
    public ActorSystem System { get; }

    /// <summary>Each listener's name and the address that it is bound to.</summary>
    public IReadOnlyList<(string Name, IPEndPoint EndPoint)> Listeners { get; }

    /// <summary>Where AMQP clients connect; null when that listener is off.</summary>
    public IPEndPoint? AmqpEndPoint =>
        Listeners.Where(static listener => listener.Name == ListenerOptions.Amqp).Select(static listener => listener.EndPoint).FirstOrDefault();

    /// <summary>Where clients of Akka.Remote find it, as <c>HOST:PORT</c>.</summary>
    public string Contact =>
        Listeners.Where(static listener => listener.Name == ClientGateOptions.Name).Select(static listener => listener.EndPoint.ToString()).FirstOrDefault()
        ?? Cluster.Get(System).SelfAddress.HostPort()[(System.Name.Length + 1)..];

    /// <summary>The user that the first start on the data folder has created.</summary>
    public string User { get; }

    /// <summary>That user's password.</summary>
    public string Password { get; }

    /// <summary>The virtual host that the first start on the data folder has created.</summary>
    public string VirtualHost { get; }

    /// <summary>Clients are served; false once it stops, for whatever reason.</summary>
    public bool IsServing => !System.WhenTerminated.IsCompleted && CoordinatedShutdown.Get(System).ShutdownReason is null;

    /// <summary>Starts a node. When the task ends, clients are served.</summary>
    /// <exception cref="StartupException">A setting cannot be used, the folder is in use, a port is taken; nothing is left running.</exception>
    public static async Task<EmbeddedBroker> StartAsync(EmbeddedBrokerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var config = ClusterOptions.Apply(BrokerConfiguration.LoadPart(settings.Profile, settings.ConfigFile, settings.Settings));
        var options = BrokerOptions.Read(config);
        if (settings.DataDirectory is { } directory)
        {
            options = options with { Data = new DataOptions(directory) };
        }

        if (options.Cluster.IsOneOfSeveral)
        {
            throw new StartupException("actorbroker.cluster: a node inside another process is a broker by itself; several nodes are servers of their own");
        }

        var awake = new AwakeClock(TimeProvider.System);
        DataFolder? folder = null;
        JournalStores? journals = null;
        ActorSystem? system = null;
        try
        {
            folder = DataFolder.Open(options.Data);
            journals = await JournalStores.OpenAsync(folder, options.Journal, options.Journals, settings.OnUpkeepFailure).ConfigureAwait(false);
            var setup = journals.SetupOf(config.WithFallback(BrokerSubsystem.AkkaDefaults));
            system = CreateSystem(NodeTls.SetupOf(options.Cluster.Tls) is { } tls ? setup.And(tls) : setup, settings.Setups);
            await JoinItselfAsync(system).ConfigureAwait(false);
            var listeners = await EdgeSubsystem.StartAsync(system, options, new SteadyClock(awake)).ConfigureAwait(false);
            return new EmbeddedBroker(awake, folder, journals, system, options, listeners);
        }
        catch
        {
            await (system?.Terminate() ?? Task.CompletedTask).ConfigureAwait(false);
            if (journals is not null)
            {
                await journals.DisposeAsync().ConfigureAwait(false);
            }

            folder?.Dispose();
            awake.Dispose();
            throw;
        }
    }

    /// <summary>Stops: clients get 320 CONNECTION_FORCED, writes under way are completed.</summary>
    public async ValueTask DisposeAsync() =>
        await EndAsync(() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance)).ConfigureAwait(false);

    /// <summary>Ends at once, as a process that is killed: what was not confirmed may be lost.</summary>
    public Task KillAsync() => EndAsync(System.Terminate);

    private async Task EndAsync(Func<Task> end)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        await Task.WhenAny(end(), Task.Delay(_shutdownLimit)).ConfigureAwait(false);
        await System.Terminate().ConfigureAwait(false);
        await _journals.DisposeAsync().ConfigureAwait(false);
        _folder.Dispose();
        _awake.Dispose();
    }

    private static async Task JoinItselfAsync(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(up.SetResult);
        await cluster.JoinAsync(cluster.SelfAddress).ConfigureAwait(false);
        await up.Task.ConfigureAwait(false);
    }

    // Akka checks its own settings only here, and says what is wrong by exceptions of many kinds.
    private static ActorSystem CreateSystem(ActorSystemSetup setup, IReadOnlyList<Setup> more)
    {
        try
        {
            return ActorSystem.Create("actorbroker", more.Aggregate(setup, static (all, one) => all.And(one)));
        }
        catch (Exception failure) when (failure is ArgumentException or AkkaException or FormatException or TypeLoadException or InvalidOperationException)
        {
            throw new StartupException($"a setting under akka cannot be used: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }
}

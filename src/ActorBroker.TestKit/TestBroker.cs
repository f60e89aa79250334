using System.Net;
using ActorBroker.Client;
using ActorBroker.Contracts.Options;
using ActorBroker.Embedded;
using Akka.Actor;
using Akka.Configuration;

namespace ActorBroker.TestKit;

/// <summary>
/// A broker in the process of a test: <c>await using var broker = await TestBroker.StartAsync();</c>. It listens on free
/// ports of this machine only, keeps its journal in a temporary folder that is deleted with it and does not wait for the
/// disk, and logs nothing. Several live beside each other.
/// </summary>
public sealed class TestBroker : IAsyncDisposable
{
    // As fast as a test wants it: nobody else has to learn that the node has left.
    private static readonly string[] Defaults =
    [
        "akka.loglevel=OFF",
        "akka.actor.serialize-messages=off",
        "akka.coordinated-shutdown.run-by-actor-system-terminate=off",
        "akka.remote.flush-wait-on-shutdown=100ms",
    ];

    private readonly EmbeddedBroker _broker;
    private readonly string? _temporary;
    private readonly Lazy<ActorSystem> _clients;

    private TestBroker(EmbeddedBroker broker, string? temporary)
    {
        _broker = broker;
        _temporary = temporary;
        _clients = new Lazy<ActorSystem>(StartClients);
    }

    /// <summary>Where AMQP 0-9-1 clients connect.</summary>
    public IPEndPoint AmqpEndPoint => _broker.AmqpEndPoint!;

    /// <summary>The same with user, password and virtual host, as clients take it: <c>amqp://guest:guest@127.0.0.1:PORT/%2F</c>.</summary>
    public Uri AmqpUri => new(
        $"amqp://{Uri.EscapeDataString(_broker.User)}:{Uri.EscapeDataString(_broker.Password)}@{AmqpEndPoint}/{Uri.EscapeDataString(_broker.VirtualHost)}");

    /// <summary>The text of <see cref="AmqpUri"/>.</summary>
    public string AmqpConnectionString => AmqpUri.AbsoluteUri;

    /// <summary>Settings for a client in an actor system of the test's own.</summary>
    public BrokerClientSettings ClientSettings => new()
    {
        Contacts = [_broker.Contact], User = _broker.User, Password = _broker.Password, VirtualHost = _broker.VirtualHost,
    };

    /// <summary>An actor system of the test kit's own, in which clients and their streams can run; started when it is first asked for.</summary>
    public ActorSystem ClientSystem => _clients.Value;

    /// <summary>Starts a broker. When the task ends, it serves.</summary>
    /// <exception cref="StartupException">A setting cannot be used.</exception>
    public static async Task<TestBroker> StartAsync(TestBrokerSettings? settings = null)
    {
        settings ??= new TestBrokerSettings();
        var temporary = settings.DataDirectory is null ? Directory.CreateTempSubdirectory("actorbroker-test-").FullName : null;
        try
        {
            var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerSettings
            {
                Profile = BrokerConfiguration.Test,
                DataDirectory = settings.DataDirectory ?? temporary,
                Settings = [.. Defaults, .. settings.Settings],
                Setups = settings.Setups,
            }).ConfigureAwait(false);
            return new TestBroker(broker, temporary);
        }
        catch
        {
            Delete(temporary);
            throw;
        }
    }

    /// <summary>Starts a client in <see cref="ClientSystem"/>, and waits until it is logged in.</summary>
    public async Task<BrokerClient> ConnectClientAsync()
    {
        var client = BrokerClient.Start(ClientSystem, ClientSettings, $"client-{Guid.NewGuid():N}");
        await client.ConnectedAsync().ConfigureAwait(false);
        return client;
    }

    /// <summary>Stops the broker and deletes what it kept, unless the folder was given.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_clients.IsValueCreated)
        {
            await _clients.Value.Terminate().ConfigureAwait(false);
        }

        // A folder that stays is left in good order; what is deleted need not be.
        if (_temporary is null)
        {
            await _broker.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            await _broker.KillAsync().ConfigureAwait(false);
        }

        Delete(_temporary);
    }

    private static ActorSystem StartClients() =>
        ActorSystem.Create("test-clients", BrokerConfiguration.With(Config.Empty,
            "akka.actor.provider=remote",
            "akka.remote.dot-netty.tcp.hostname=127.0.0.1",
            "akka.remote.dot-netty.tcp.port=0",
            "akka.loglevel=OFF",
            "akka.stdout-loglevel=OFF",
            "akka.log-dead-letters=off",
            "akka.log-dead-letters-during-shutdown=off"));

    private static void Delete(string? folder)
    {
        if (folder is not null && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

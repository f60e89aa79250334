using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Embedded;
using Akka.Actor;
using Akka.Cluster.Sharding;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.TestKit.Tests.Access;

/// <summary>A broker whose users, permissions and virtual hosts a test changes.</summary>
public sealed class AdministeredBroker : IAsyncLifetime
{
    public const string Password = "a password";

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly Origin Operator = new("operator", "a test", DateTimeOffset.UnixEpoch);

    // Hashed quickly: what is slow has tests of its own.
    private static readonly string Hash = PasswordHash.Create(PasswordHashing.Sha256, [1, 2, 3, 4], Password);

    private readonly string _folder = Directory.CreateTempSubdirectory("actorbroker-access-").FullName;
    private EmbeddedBroker _broker = null!;
    private IActorRef _access = null!;
    private int _names;

    public EmbeddedBroker Broker => _broker;

    public async Task InitializeAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerSettings
        {
            Profile = BrokerConfiguration.Test,
            DataDirectory = _folder,
            Settings =
            [
                "akka.loglevel=OFF", "akka.coordinated-shutdown.run-by-actor-system-terminate=off", "akka.remote.flush-wait-on-shutdown=100ms",
                "actorbroker.amqp091.operation-timeout=60s",
            ],
        });
        _access = ClusterSharding.Get(_broker.System).ShardRegion("access");
    }

    public async Task DisposeAsync()
    {
        await _broker.KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A name that nothing has.</summary>
    public string NewName(string prefix) => $"{prefix}-{Interlocked.Increment(ref _names)}";

    /// <summary>Changes something; it is in force when the task ends.</summary>
    public async Task<Refusal?> ChangeAsync(Func<Origin, AccessChange> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return (await _access.Ask<AccessChangeDone>(change(Operator), Limit)).Refusal;
    }

    public async Task SetAsync(Func<Origin, AccessChange> change) => Assert.Null(await ChangeAsync(change));

    /// <summary>A new user who may do this in the virtual host.</summary>
    public async Task<string> AddUserAsync(Permission permission, string virtualHost = "/")
    {
        var user = NewName("user");
        await SetAsync(origin => new PutUser(1, user, Hash, PasswordHashing.Sha256, [], origin));
        await SetAsync(origin => new PutPermission(1, user, virtualHost, permission, origin));
        return user;
    }

    public async Task<string> AddVirtualHostAsync()
    {
        var name = NewName("vhost");
        await SetAsync(origin => new CreateVirtualHost(1, name, VirtualHostMetadata.None, origin));
        return name;
    }

    public Task<IConnection> ConnectAsync(string user, string virtualHost = "/", string password = Password) => new ConnectionFactory
    {
        HostName = _broker.AmqpEndPoint!.Address.ToString(),
        Port = _broker.AmqpEndPoint.Port,
        UserName = user,
        Password = user == "guest" ? "guest" : password,
        VirtualHost = virtualHost,
        AutomaticRecoveryEnabled = false,
        ContinuationTimeout = Limit,
        RequestedConnectionTimeout = Limit,
        HandshakeContinuationTimeout = Limit,
    }.CreateConnectionAsync();
}

using System.Globalization;
using System.Net;

namespace ActorBroker.Contracts.Options;

/// <summary>How a node finds the others, and what it does for them.</summary>
/// <param name="Enabled">Whether it is one of several nodes even if it names no other.</param>
/// <param name="Host">Address or name by which the other nodes reach this one.</param>
/// <param name="Port">The port for that; 0 for any that is free.</param>
/// <param name="Seeds">Nodes that may begin a cluster, and are asked to let this one in.</param>
/// <param name="Join">Nodes to be let in by; with one, this node never begins a cluster.</param>
/// <param name="IsEdge">Whether clients connect to it.</param>
/// <param name="IsStore">Whether queues, exchanges and the rest live on it.</param>
/// <param name="RejoinAfter">How long it waits to join again after it was removed, at first and at most.</param>
/// <param name="ShutdownLimit">Time for stopping in good order.</param>
public sealed record ClusterOptions(
    bool Enabled,
    string Host,
    int Port,
    IReadOnlyList<NodeAddress> Seeds,
    IReadOnlyList<NodeAddress> Join,
    bool IsEdge,
    bool IsStore,
    (TimeSpan First, TimeSpan Most) RejoinAfter,
    TimeSpan ShutdownLimit)
{
    /// <summary>The roles, by their names in Akka.Cluster.</summary>
    public const string Edge = "edge";

    /// <inheritdoc cref="Edge"/>
    public const string Store = "store";

    /// <summary>Over how many shards each type of entity is spread; the same on all nodes.</summary>
    public required int Shards { get; init; }

    /// <summary>How nodes know each other; null where they talk in the clear.</summary>
    public ClusterTlsOptions? Tls { get; init; }

    /// <summary>The setting of <see cref="Shards"/>.</summary>
    public const string ShardsKey = "actorbroker.cluster.shards";

    private const string RolesKey = "actorbroker.cluster.roles";

    // Of each, every node keeps where it is, and the coordinator's node what has been decided of all.
    private const int ShardsMost = 10_000;

    /// <summary>Whether there may be other nodes: some are named, or are to find this one.</summary>
    public bool IsOneOfSeveral => Enabled || Seeds.Count > 0 || Join.Count > 0;

    /// <summary>The roles it has.</summary>
    public IEnumerable<string> Roles => new[] { (Edge, IsEdge), (Store, IsStore) }.Where(static role => role.Item2).Select(static role => role.Item1);

    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static ClusterOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var roles = settings.Texts(RolesKey);
        if (roles.Count == 0 || roles.FirstOrDefault(static role => role is not (Edge or Store)) is not null)
        {
            throw SettingReader.Expected(RolesKey, $"[{string.Join(", ", roles)}]", $"{Edge}, {Store} or both");
        }

        var first = settings.Duration("actorbroker.cluster.rejoin-after", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        return new ClusterOptions(
            settings.Switch("actorbroker.cluster.enabled"),
            settings.Text("actorbroker.cluster.host"),
            settings.WholeNumber("actorbroker.cluster.port", 0, IPEndPoint.MaxPort),
            Addresses(settings, "actorbroker.cluster.seeds"),
            Addresses(settings, "actorbroker.cluster.join"),
            roles.Contains(Edge),
            roles.Contains(Store),
            (first, settings.Duration("actorbroker.cluster.rejoin-after-most", first, TimeSpan.FromHours(1))),
            settings.Duration("actorbroker.shutdown-limit", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)))
        {
            Shards = settings.WholeNumber(ShardsKey, 1, ShardsMost),
            Tls = ClusterTlsOptions.Read(settings),
        };
    }

    /// <summary>Has Akka's own settings say what those of a node's cluster say.</summary>
    public static Akka.Configuration.Config Apply(Akka.Configuration.Config config)
    {
        var cluster = Read(new SettingReader(config));
        return BrokerConfiguration.With(
            config,
            $"akka.remote.dot-netty.tcp.hostname={cluster.Host}",
            string.Create(CultureInfo.InvariantCulture, $"akka.remote.dot-netty.tcp.port={cluster.Port}"),
            $"akka.remote.dot-netty.tcp.enable-ssl={(cluster.Tls is null ? "off" : "on")}",
            $"akka.cluster.roles=[{string.Join(", ", cluster.Roles)}]");
    }

    private static List<NodeAddress> Addresses(SettingReader settings, string key) =>
        [.. settings.Texts(key).Select(text => NodeAddress.Parse(key, text))];
}

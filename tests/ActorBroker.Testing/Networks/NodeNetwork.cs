using System.Globalization;
using System.Security.Cryptography;

namespace ActorBroker.Testing.Networks;

/// <summary>
/// A network for the nodes of one test: each has a namespace and an address of its own behind a router that can be told
/// to drop what goes between two of them. The test's process and a database have an address each, which every node
/// reaches until told otherwise. All of it, processes in the namespaces included, is gone when this is disposed of or
/// the test's process ends, however that ends. Needs Linux, root and iproute2.
/// </summary>
public sealed class NodeNetwork : IAsyncDisposable
{
    private const int Attempts = 20;
    private const int TestHost = 254;
    private const int DatabaseHost = 252;

    // $1 is the name, $2 the first three octets of all addresses, $3 the number of nodes. The router has no address that
    // anybody asks for: .253 is only what the routes go by.
    private const string Create =
        """
        set -e
        ip netns exec "$1-r" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
        ip link add "$1" type veth peer name test netns "$1-r"
        ip address add "$2.254/32" dev "$1"
        ip address add "$2.252/32" dev "$1"
        ip link set "$1" up
        ip route add "$2.0/24" via "$2.253" dev "$1" onlink src "$2.254"
        ip -n "$1-r" link set lo up
        ip -n "$1-r" link set test up
        ip -n "$1-r" address add "$2.253/32" dev test
        ip -n "$1-r" route add "$2.254" dev test
        ip -n "$1-r" route add "$2.252" dev test
        for node in $(seq "$3"); do
          ip netns add "$1-$node"
          ip link add "$1" netns "$1-$node" type veth peer name "node$node" netns "$1-r"
          ip -n "$1-r" link set "node$node" up
          ip -n "$1-r" address add "$2.253/32" dev "node$node"
          ip -n "$1-r" route add "$2.$node" dev "node$node"
          ip -n "$1-$node" link set lo up
          ip -n "$1-$node" address add "$2.$node/32" dev "$1"
          ip -n "$1-$node" link set "$1" up
          ip -n "$1-$node" route add default via "$2.253" dev "$1" onlink
        done
        """;

    // Waits for the end of its input, which comes when the test's process ends, too.
    private const string Delete =
        """
        read -r _
        for namespace in $(seq "$2" | sed "s/^/$1-/") "$1-r"; do
          ip netns pids "$namespace" 2>/dev/null | xargs -r kill -KILL
          ip netns delete "$namespace" 2>/dev/null
        done
        ip link delete "$1" 2>/dev/null
        exit 0
        """;

    // Faults cut several links at once.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<(int From, int To)> _cut = [];
    private readonly string _name;
    private readonly string _subnet;
    private readonly ShellGuard _guard;

    private NodeNetwork(string name, string subnet, int nodes)
    {
        _name = name;
        _subnet = subnet;
        _guard = new ShellGuard(Delete, name, Number(nodes));
    }

    /// <summary>Why there can be no such network here, or null when there can.</summary>
    public static string? SkipReason { get; } =
        !OperatingSystem.IsLinux() ? "network namespaces are Linux's"
        : !Environment.IsPrivilegedProcess ? "only root may have network namespaces"
        : ShellGuard.IsInstalled("ip") ? null : "iproute2 is not installed";

    /// <summary>Where the test's process is reached, and where its clients come from.</summary>
    public string TestAddress => Address(TestHost);

    /// <summary>Where a database in the test's own namespace is to listen.</summary>
    public string DatabaseAddress => Address(DatabaseHost);

    /// <param name="nodes">How many, at most 200; they are numbered from 0.</param>
    public static async Task<NodeNetwork> CreateAsync(int nodes)
    {
        // Of the addresses that are set aside for measuring networks (RFC 2544).
        for (var attempt = 1; ; attempt++)
        {
            var (second, third) = (RandomNumberGenerator.GetInt32(18, 20), RandomNumberGenerator.GetInt32(1, 255));
            var (name, subnet) = ($"ab{second}-{third}", $"198.{second}.{third}");
            try
            {
                // Whoever has that namespace has the name.
                await ShellGuard.RunAsync("ip", "netns", "add", $"{name}-r");
            }
            catch (InvalidOperationException) when (attempt < Attempts)
            {
                continue;
            }

            var network = new NodeNetwork(name, subnet, nodes);
            try
            {
                await ShellGuard.RunAsync("sh", "-c", Create, "sh", name, subnet, Number(nodes));
                return network;
            }
            catch
            {
                await network.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>The address of a node.</summary>
    public string AddressOf(int node) => Address(node + 1);

    /// <summary>What a command line begins with for its process to be where that node is.</summary>
    public IReadOnlyList<string> CommandPrefix(int node) => ["ip", "netns", "exec", $"{_name}-{Number(node + 1)}"];

    /// <summary>Drops from now on what two nodes send to each other, silently and in open connections too.</summary>
    public Task CutAsync(int one, int other) => DropBothWaysAsync(one + 1, other + 1);

    /// <summary>Drops from now on what one node sends to the other; the way back stays open.</summary>
    public Task CutOneWayAsync(int from, int to) => DropAsync(from + 1, to + 1);

    /// <summary>Drops from now on what a node and the database send to each other.</summary>
    public Task CutDatabaseAsync(int node) => DropBothWaysAsync(node + 1, DatabaseHost);

    /// <summary>Drops nothing any more.</summary>
    public Task HealAsync() => InTurnAsync(async () =>
    {
        foreach (var (from, to) in _cut)
        {
            await RuleAsync("delete", from, to);
        }

        _cut.Clear();
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _guard.DisposeAsync();
        _turn.Dispose();
    }

    private async Task DropBothWaysAsync(int one, int other)
    {
        await DropAsync(one, other);
        await DropAsync(other, one);
    }

    private Task DropAsync(int from, int to) => InTurnAsync(async () =>
    {
        if (!_cut.Contains((from, to)))
        {
            await RuleAsync("add", from, to);
            _cut.Add((from, to));
        }
    });

    private async Task InTurnAsync(Func<Task> change)
    {
        await _turn.WaitAsync();
        try
        {
            await change();
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task RuleAsync(string change, int from, int to) =>
        ShellGuard.RunAsync("ip", "-n", $"{_name}-r", "rule", change, "from", Address(from), "to", Address(to), "blackhole");

    private string Address(int host) => $"{_subnet}.{Number(host)}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

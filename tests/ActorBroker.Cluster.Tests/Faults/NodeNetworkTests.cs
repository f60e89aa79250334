using System.Diagnostics;
using ActorBroker.Testing.Networks;
using Xunit;

namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>The network itself: what is cut is cut, and what is healed works again.</summary>
public sealed class NodeNetworkTests
{
    private const string Echo =
        """
        import socket, sys, threading
        server = socket.create_server((sys.argv[1], 7))
        def serve(connection):
            for line in connection.makefile("rb"):
                connection.sendall(line)
        print("ready", flush=True)
        while True:
            threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
        """;

    private const string Ask =
        """
        import socket, sys
        connection = socket.create_connection((sys.argv[1], 7))
        answers = connection.makefile("rb")
        print("ready", flush=True)
        for line in sys.stdin:
            connection.sendall(line.encode())
            print(answers.readline().decode().strip(), flush=True)
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    [NetworkFact]
    public async Task What_is_cut_waits_in_open_connections_and_goes_on_when_it_is_healed()
    {
        await using var network = await NodeNetwork.CreateAsync(nodes: 3);
        using var server = await StartAsync(network, node: 0, Echo, network.AddressOf(0));
        using var second = await StartAsync(network, node: 1, Ask, network.AddressOf(0));
        using var third = await StartAsync(network, node: 2, Ask, network.AddressOf(0));
        Assert.Equal("before", await AskAsync(second, "before"));

        await network.CutAsync(0, 1);

        var waiting = AskAsync(second, "meanwhile");
        Assert.Equal("not cut", await AskAsync(third, "not cut"));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(Silence));
        await network.HealAsync();
        Assert.Equal("meanwhile", await waiting);
        Assert.Equal("after", await AskAsync(second, "after"));
    }

    [NetworkFact]
    public async Task Processes_of_a_network_end_with_it()
    {
        var network = await NodeNetwork.CreateAsync(nodes: 1);
        using var server = await StartAsync(network, node: 0, Echo, network.AddressOf(0));

        await network.DisposeAsync();

        await server.WaitForExitAsync().WaitAsync(Limit);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ShellGuard.RunAsync(
            network.CommandPrefix(0)[0], [.. network.CommandPrefix(0).Skip(1), "true"]));
    }

    private static async Task<Process> StartAsync(NodeNetwork network, int node, string script, string address)
    {
        var process = Process.Start(new ProcessStartInfo(
            network.CommandPrefix(node)[0], [.. network.CommandPrefix(node).Skip(1), "python3", "-c", script, address])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync().WaitAsync(Limit));
        return process;
    }

    private static async Task<string?> AskAsync(Process client, string question)
    {
        await client.StandardInput.WriteLineAsync(question);
        await client.StandardInput.FlushAsync();
        return await client.StandardOutput.ReadLineAsync().WaitAsync(Limit);
    }
}

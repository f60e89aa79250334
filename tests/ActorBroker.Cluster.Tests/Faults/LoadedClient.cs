using System.Diagnostics;
using ActorBroker.Testing.Clients;
using ActorBroker.Testing.Load;
using RabbitMQ.Client;

namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>
/// A client of a load that has a node of its own: it stays where it is connected until that connection breaks, then tries
/// its own node first and the others in turn.
/// </summary>
internal sealed class LoadedClient(BrokerCluster cluster, ILoadClient client, string name, int home)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<Loss> _losses = [];
    private Func<Task> _leave = () => Task.CompletedTask;
    private int _round;

    public string Name => name;

    /// <summary>The node that it prefers.</summary>
    public int Home => home;

    /// <summary>The node that it is connected to, or null.</summary>
    public int? Node { get; private set; }

    /// <summary>When the last thing was begun that has come to its end.</summary>
    public DateTimeOffset WorkedAt => client.WorkedAt;

    /// <summary>Publishes that a broker has refused.</summary>
    public int RefusedCount => client is LoadPublisher publisher ? publisher.RefusedCount : 0;

    public IReadOnlyList<Loss> Losses
    {
        get
        {
            lock (_lock)
            {
                return [.. _losses];
            }
        }
    }

    public async Task RunAsync(CancellationToken end)
    {
        for (var attempt = 0; !end.IsCancellationRequested; attempt++)
        {
            var node = (home + attempt) % cluster.Nodes.Count;
            if (await ConnectAsync(node) is not { } connection)
            {
                await Task.WhenAny(Task.Delay(Pause, end));
                continue;
            }

            attempt = -1;
            await using (connection)
            {
                await UseAsync(connection, node, end);
            }
        }
    }

    /// <summary>Has it connect to its own node, if it is elsewhere.</summary>
    public async Task GoHomeAsync()
    {
        if (Node is { } node && node != home)
        {
            await _leave();
        }
    }

    public override string ToString() => $"{name} (of node {home}, on {(Node is { } node ? $"{node}" : "none")})";

    private async Task UseAsync(IConnection connection, int node, CancellationToken end)
    {
        Node = node;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end);
        _leave = either.CancelAsync;
        var wasReady = false;
        Exception? broken = null;
        try
        {
            await client.RunUntilBrokenAsync(connection, ++_round, () => wasReady = true, either.Token);
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e) || e is TimeoutException)
        {
            broken = e;
        }

        Node = null;
        _leave = () => Task.CompletedTask;
        if (wasReady && !either.IsCancellationRequested)
        {
            lock (_lock)
            {
                _losses.Add(new Loss(DateTimeOffset.UtcNow, node, Reason(connection, broken ?? client.BrokenBy)));
            }
        }

        await connection.AbortAsync(200, "done", Goodbye);
    }

    private static string Reason(IConnection connection, Exception? broken) =>
        connection.CloseReason?.ToString() ?? (broken is null ? "" : $"{broken.GetType().Name}: {broken.Message}");

    private async Task<IConnection?> ConnectAsync(int node)
    {
        try
        {
            return await cluster.ConnectAsync(node, name);
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e) || e is TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Whether it is one that declares and deletes.</summary>
    public bool IsChurner => client is LoadChurner;

    /// <summary>A connection that worked, and ended without having been asked to.</summary>
    public sealed record Loss(DateTimeOffset At, int Node, string Reason);
}

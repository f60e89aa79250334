namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>How long clients that may notice nothing are without an answer, as long as it is there.</summary>
internal sealed class PauseWatch : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Task _watching;
    private readonly Dictionary<bool, (LoadedClient Client, TimeSpan Pause)> _longest = [];

    /// <param name="load">Who works.</param>
    /// <param name="clients">Whose nodes are left alone.</param>
    public PauseWatch(ClusterLoad load, Func<LoadedClient, bool> clients) => _watching = WatchAsync(load, clients);

    /// <summary>
    /// The longest time since something that was answered had been begun: of those who publish or consume, and of those who
    /// declare and delete, which is several questions at a time.
    /// </summary>
    public IReadOnlyList<(LoadedClient Client, TimeSpan Pause)> Longest
    {
        get
        {
            lock (_lock)
            {
                return [.. _longest.Values];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching;
        _end.Dispose();
    }

    private async Task WatchAsync(ClusterLoad load, Func<LoadedClient, bool> clients)
    {
        while (!_end.IsCancellationRequested)
        {
            var now = load.Now;
            foreach (var client in load.Clients.Where(client => clients(client) && client.Node == client.Home))
            {
                lock (_lock)
                {
                    if (!_longest.TryGetValue(client.IsChurner, out var longest) || now - client.WorkedAt > longest.Pause)
                    {
                        _longest[client.IsChurner] = (client, now - client.WorkedAt);
                    }
                }
            }

            await Task.WhenAny(Task.Delay(Glance, _end.Token));
        }
    }
}

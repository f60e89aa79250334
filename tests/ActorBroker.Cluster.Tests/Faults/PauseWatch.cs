namespace ActorBroker.Cluster.Tests.Faults;

/// <summary>How long the clients of the nodes that stay are without an answer, as long as it is there.</summary>
internal sealed class PauseWatch : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Task _watching;
    private readonly Dictionary<bool, (LoadedClient Client, TimeSpan Pause)> _longest = [];

    /// <param name="load">Who works.</param>
    /// <param name="leaving">The node whose own clients may notice.</param>
    public PauseWatch(ClusterLoad load, int leaving) => _watching = WatchAsync(load, leaving);

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

    private async Task WatchAsync(ClusterLoad load, int leaving)
    {
        while (!_end.IsCancellationRequested)
        {
            var now = load.Now;
            foreach (var client in load.Clients.Where(client => client.Home != leaving && client.Node == client.Home))
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

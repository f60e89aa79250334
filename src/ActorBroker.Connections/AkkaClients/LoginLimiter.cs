namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// Slows down those who guess passwords: a host with <see cref="FailuresMax"/> failed logins waits until the first of
/// them is <see cref="Window"/> ago. Remembers <see cref="HostsMax"/> hosts, those that failed longest ago going first.
/// </summary>
internal sealed class LoginLimiter(TimeProvider clock)
{
    /// <summary>Failed logins after which a host has to wait.</summary>
    public const int FailuresMax = 5;

    /// <summary>Hosts that are remembered.</summary>
    public const int HostsMax = 1_000;

    /// <summary>How long a failure counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Queue<long>> _failures = new(StringComparer.Ordinal);
    private readonly Queue<string> _hosts = new();

    /// <summary>Whether a login from the host may be tried now.</summary>
    public bool MayTry(string host)
    {
        if (!_failures.TryGetValue(host, out var failures))
        {
            return true;
        }

        while (failures.TryPeek(out var oldest) && clock.GetElapsedTime(oldest) >= Window)
        {
            failures.Dequeue();
        }

        return failures.Count < FailuresMax;
    }

    /// <summary>A login from the host has failed.</summary>
    public void Failed(string host)
    {
        if (!_failures.TryGetValue(host, out var failures))
        {
            if (_hosts.Count >= HostsMax)
            {
                _failures.Remove(_hosts.Dequeue());
            }

            failures = new Queue<long>();
            _failures.Add(host, failures);
            _hosts.Enqueue(host);
        }

        if (failures.Count >= FailuresMax)
        {
            failures.Dequeue();
        }

        failures.Enqueue(clock.GetTimestamp());
    }
}

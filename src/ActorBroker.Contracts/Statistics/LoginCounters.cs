using System.Collections.Concurrent;
using System.Net;

namespace ActorBroker.Contracts.Statistics;

/// <summary>How often somebody has asked to be let in.</summary>
/// <param name="Protocol">By which protocol: amqp091, http, akka.</param>
/// <param name="Address">From where; null for all together.</param>
/// <param name="User">As whom; null for all together.</param>
/// <param name="Accepted">How many were let in.</param>
/// <param name="Refused">How many were not.</param>
public sealed record LoginFigures(string Protocol, string? Address, string? User, long Accepted, long Refused);

/// <summary>The logins of a node. Any thread counts, any thread looks.</summary>
/// <param name="tracksSources">Those of each user from each address are kept apart, too.</param>
public sealed class LoginCounters(bool tracksSources = false)
{
    // Whoever tries names and addresses that there are not fills no memory.
    private const int SourcesMax = 10_000;

    private readonly ConcurrentDictionary<(string Protocol, string? Address, string? User), Attempts> _attempts = new();

    /// <summary>A login was answered.</summary>
    /// <param name="protocol">By which protocol.</param>
    /// <param name="address">From where.</param>
    /// <param name="user">As whom.</param>
    /// <param name="isAccepted">Whether the client was let in.</param>
    public void Count(string protocol, IPAddress address, string user, bool isAccepted)
    {
        ArgumentNullException.ThrowIfNull(address);
        Count((protocol, null, null), isAccepted);
        if (tracksSources && _attempts.Count < SourcesMax)
        {
            Count((protocol, address.ToString(), user), isAccepted);
        }
    }

    /// <summary>What was counted so far, in the order of protocols, addresses, users.</summary>
    public IReadOnlyList<LoginFigures> All() =>
    [
        // The dictionary's own copy: any other could meet an entry more than it has made room for.
        .. _attempts.ToArray().OrderBy(static entry => entry.Key)
            .Select(static entry => new LoginFigures(entry.Key.Protocol, entry.Key.Address, entry.Key.User, entry.Value.Accepted, entry.Value.Refused)),
    ];

    /// <summary>Begins anew.</summary>
    public void Clear() => _attempts.Clear();

    private void Count((string Protocol, string? Address, string? User) key, bool isAccepted) =>
        _attempts.GetOrAdd(key, static _ => new Attempts()).Add(isAccepted);

    private sealed class Attempts
    {
        private long _accepted;
        private long _refused;

        public long Accepted => Volatile.Read(ref _accepted);

        public long Refused => Volatile.Read(ref _refused);

        public void Add(bool isAccepted)
        {
            if (isAccepted)
            {
                Interlocked.Increment(ref _accepted);
            }
            else
            {
                Interlocked.Increment(ref _refused);
            }
        }
    }
}

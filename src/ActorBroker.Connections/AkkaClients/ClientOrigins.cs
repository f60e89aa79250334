namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// The addresses by which clients have said that they can be reached. Akka.Remote keeps actors and buffers for each, also when
/// its connection has ended: until <c>akka.remote.quarantine-after-silence</c>. So there are so many at most.
/// </summary>
/// <param name="clock">Says when one may be forgotten.</param>
/// <param name="silence">How long Akka.Remote remembers one that has no connection.</param>
internal sealed class ClientOrigins(TimeProvider clock, TimeSpan silence)
{
    /// <summary>Most addresses in all.</summary>
    public const int OriginsMax = 10_000;

    /// <summary>Most addresses of clients that come from the same host.</summary>
    public const int OriginsOfPeerMax = 2_000;

    // In place of a host that is not known.
    private const string Dialled = "";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ClientOrigin> _origins = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ofPeers = new(StringComparer.Ordinal);

    /// <summary>A connection has said whose it is.</summary>
    /// <param name="peer">The host from which the connection comes; null where this side has opened it, to that address.</param>
    /// <param name="address">What it says of itself.</param>
    /// <param name="uid">The number of the client's actor system.</param>
    /// <returns>Null where it is not let in: there are too many, or the address is in use from another host.</returns>
    public ClientOrigin? Enter(string? peer, string address, ulong uid)
    {
        lock (_lock)
        {
            var known = _origins.GetValueOrDefault(address);
            if (known is not null && (peer is null || known.Peer == peer))
            {
                known.Enter(uid);
                return known;
            }

            var host = peer ?? Dialled;
            if (known is { Connections: > 0 } || !HasRoom(host))
            {
                return null;
            }

            if (known is not null)
            {
                Forget(known);
            }

            var origin = new ClientOrigin(host, address, known);
            origin.Enter(uid);
            _origins.Add(address, origin);
            _ofPeers[host] = _ofPeers.GetValueOrDefault(host) + 1;
            return origin;
        }
    }

    /// <summary>One of its connections has ended.</summary>
    /// <param name="origin">Whose.</param>
    /// <param name="isOver">The client has said that its actor system ends: Akka.Remote forgets it then.</param>
    public void Leave(ClientOrigin origin, bool isOver)
    {
        lock (_lock)
        {
            origin.Leave(clock.GetTimestamp());
            if (isOver && origin.Connections == 0 && _origins.GetValueOrDefault(origin.Address) == origin)
            {
                Forget(origin);
            }
        }
    }

    private bool HasRoom(string peer)
    {
        if (!IsFull(peer))
        {
            return true;
        }

        ForgetSilent();
        return !IsFull(peer);
    }

    private bool IsFull(string peer) => _origins.Count >= OriginsMax || _ofPeers.GetValueOrDefault(peer) >= OriginsOfPeerMax;

    private void ForgetSilent()
    {
        foreach (var origin in _origins.Values.Where(origin => origin.Connections == 0 && clock.GetElapsedTime(origin.LeftAt) > silence).ToArray())
        {
            Forget(origin);
        }
    }

    private void Forget(ClientOrigin origin)
    {
        _origins.Remove(origin.Address);
        if (--_ofPeers[origin.Peer] == 0)
        {
            _ofPeers.Remove(origin.Peer);
        }
    }
}

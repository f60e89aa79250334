namespace ActorBroker.Connections.AkkaClients;

/// <summary>One address of a client; belongs to <see cref="ClientOrigins"/>, which alone changes it.</summary>
/// <param name="peer">The host from which its connections come.</param>
/// <param name="address">What the client says of itself.</param>
/// <param name="before">What is known of it from connections that came from another host.</param>
internal sealed class ClientOrigin(string peer, string address, ClientOrigin? before)
{
    private ulong _uid = before?._uid ?? 0;

    /// <summary>The host from which its connections come.</summary>
    public string Peer { get; } = peer;

    /// <summary>What the client says of itself.</summary>
    public string Address { get; } = address;

    /// <summary>Connections that it has.</summary>
    public int Connections { get; private set; }

    /// <summary>When the last connection ended, of the clock's timestamps.</summary>
    public long LeftAt { get; private set; }

    /// <summary>The system messages of the actor system that is there now: connections of the same one go on with it.</summary>
    public SystemSequence Sequence { get; private set; } = before?.Sequence ?? new SystemSequence();

    /// <summary>A connection has come.</summary>
    public void Enter(ulong uid)
    {
        if (_uid != uid)
        {
            (_uid, Sequence) = (uid, new SystemSequence());
        }

        Connections++;
    }

    /// <summary>A connection has ended.</summary>
    public void Leave(long now)
    {
        Connections--;
        LeftAt = now;
    }
}

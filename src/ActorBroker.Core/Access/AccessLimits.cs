using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Access;

/// <summary>How much a user may have open in the whole cluster. Null for no limit; 0 lets nothing in.</summary>
/// <param name="ConnectionsMax">RabbitMQ's max-connections.</param>
/// <param name="ChannelsMax">RabbitMQ's max-channels: of all its connections together.</param>
public sealed record UserLimits(long? ConnectionsMax, long? ChannelsMax)
{
    /// <summary>As much as it likes.</summary>
    public static UserLimits None { get; } = new(null, null);
}

/// <summary>
/// What is open of each virtual host and user, against their limits: counted always, so that a limit that is set later
/// counts what was open before. A limit that is set below what is open ends nothing. Has one owner; refusals are in
/// RabbitMQ's words.
/// </summary>
public sealed class AccessLimits
{
    private readonly Dictionary<string, int> _connectionsOfVirtualHosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _connectionsOfUsers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _channelsOfUsers = new(StringComparer.Ordinal);

    /// <summary>May there be one more connection of this user to this virtual host? Null when so.</summary>
    public Refusal? CheckConnection(AccessSnapshot current, string user, string virtualHost)
    {
        ArgumentNullException.ThrowIfNull(current);
        if (current.ConnectionLimits.TryGetValue(virtualHost, out var max) && _connectionsOfVirtualHosts.GetValueOrDefault(virtualHost) >= max)
        {
            return new Refusal(
                RefusalReason.NotAllowed, $"access to vhost '{virtualHost}' refused for user '{user}': connection limit ({max}) is reached");
        }

        return current.LimitsOf(user).ConnectionsMax is { } usersMax && _connectionsOfUsers.GetValueOrDefault(user) >= usersMax
            ? new Refusal(RefusalReason.NotAllowed, $"connection refused for user '{user}': user connection limit ({usersMax}) is reached")
            : null;
    }

    /// <summary>May there be one more channel of this user? Null when so.</summary>
    public Refusal? CheckChannel(AccessSnapshot current, string user) =>
        current.LimitsOf(user).ChannelsMax is { } max && _channelsOfUsers.GetValueOrDefault(user) >= max
            ? new Refusal(RefusalReason.NotAllowed, $"number of channels opened for user '{user}' has reached the maximum allowed user limit of {max}")
            : null;

    /// <summary>Counts one connection more (1) or less (-1).</summary>
    public void CountConnection(string user, string virtualHost, int change)
    {
        _connectionsOfVirtualHosts[virtualHost] = _connectionsOfVirtualHosts.GetValueOrDefault(virtualHost) + change;
        _connectionsOfUsers[user] = _connectionsOfUsers.GetValueOrDefault(user) + change;
    }

    /// <summary>Counts so many channels more, or less.</summary>
    public void CountChannels(string user, long change) => _channelsOfUsers[user] = _channelsOfUsers.GetValueOrDefault(user) + change;
}

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
/// The limits of virtual hosts and users, and what is open of each: counted always, so that a limit that is set later
/// counts what was open before. A limit that is set below what is open ends nothing. Has one owner; refusals are in
/// RabbitMQ's words.
/// </summary>
public sealed class AccessLimits
{
    private readonly Dictionary<string, long> _connectionsMax = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UserLimits> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _connectionsOfVirtualHosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _connectionsOfUsers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _channelsOfUsers = new(StringComparer.Ordinal);

    /// <summary>Most connections to a virtual host; null for no limit.</summary>
    public long? ConnectionsMaxOf(string virtualHost) => _connectionsMax.TryGetValue(virtualHost, out var max) ? max : null;

    /// <summary>A user's limits.</summary>
    public UserLimits Of(string user) => _users.GetValueOrDefault(user, UserLimits.None);

    /// <summary>Limits the connections to a virtual host; null for no limit.</summary>
    public void LimitVirtualHost(string virtualHost, long? connectionsMax)
    {
        if (connectionsMax is { } max)
            _connectionsMax[virtualHost] = max;
        else
            _connectionsMax.Remove(virtualHost);
    }

    /// <summary>Sets a user's limits in place of earlier ones.</summary>
    public void LimitUser(string user, UserLimits limits) => _users[user] = limits;

    /// <summary>May there be one more connection of this user to this virtual host? Null when so.</summary>
    public Refusal? CheckConnection(string user, string virtualHost)
    {
        if (ConnectionsMaxOf(virtualHost) is { } max && _connectionsOfVirtualHosts.GetValueOrDefault(virtualHost) >= max)
        {
            return new Refusal(
                RefusalReason.NotAllowed, $"access to vhost '{virtualHost}' refused for user '{user}': connection limit ({max}) is reached");
        }

        return Of(user).ConnectionsMax is { } usersMax && _connectionsOfUsers.GetValueOrDefault(user) >= usersMax
            ? new Refusal(RefusalReason.NotAllowed, $"connection refused for user '{user}': user connection limit ({usersMax}) is reached")
            : null;
    }

    /// <summary>May there be one more channel of this user? Null when so.</summary>
    public Refusal? CheckChannel(string user) =>
        Of(user).ChannelsMax is { } max && _channelsOfUsers.GetValueOrDefault(user) >= max
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

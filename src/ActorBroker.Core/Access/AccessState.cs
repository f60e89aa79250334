using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Access;

/// <summary>
/// Users, virtual hosts and permissions, with the rules for who comes in. Has one owner; refusals are in RabbitMQ's
/// words: what its log says of a login, which its client never learns, and what its client reads of a virtual host.
/// </summary>
/// <param name="loopbackUsers">Users who may come from the broker's own machine only.</param>
public sealed class AccessState(IReadOnlySet<string> loopbackUsers)
{
    // Compared with when there is no such user, so that the time to answer does not tell.
    private static readonly string NobodysHash = PasswordHash.Create([0, 0, 0, 0], string.Empty);

    private readonly Dictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly HashSet<string> _virtualHosts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string User, string VirtualHost), Permission> _permissions = [];

    /// <summary>Adds a user, or replaces the one of this name.</summary>
    public void Put(User user)
    {
        ArgumentNullException.ThrowIfNull(user);
        _users[user.Name] = user;
    }

    /// <summary>Adds a virtual host.</summary>
    public void PutVirtualHost(string name) => _virtualHosts.Add(name);

    /// <summary>Gives a user permissions on a virtual host, in place of earlier ones.</summary>
    public void PutPermission(string user, string virtualHost, Permission permission) =>
        _permissions[(user, virtualHost)] = permission;

    /// <summary>All virtual hosts, in no order.</summary>
    public IReadOnlyCollection<string> VirtualHosts => _virtualHosts;

    /// <summary>Is there such a user?</summary>
    public bool HasUser(string name) => _users.ContainsKey(name);

    /// <summary>Is there such a virtual host?</summary>
    public bool HasVirtualHost(string name) => _virtualHosts.Contains(name);

    /// <summary>Is it this user, and may it come from there? Null when so.</summary>
    public Refusal? Authenticate(string user, string password, bool loopback)
    {
        var known = _users.TryGetValue(user, out var found);
        var matches = PasswordHash.Matches(found?.PasswordHash ?? NobodysHash, password);
        if (!known || !matches)
        {
            return new Refusal(RefusalReason.AccessRefused, $"user '{user}' - invalid credentials");
        }

        return loopback || !loopbackUsers.Contains(user)
            ? null
            : new Refusal(RefusalReason.AccessRefused, $"user '{user}' can only connect via localhost");
    }

    /// <summary>Is a user who is connected still one, and may still use the virtual host? Null when so.</summary>
    public Refusal? Renew(string user, string virtualHost) => _users.ContainsKey(user)
        ? OpenVirtualHost(user, virtualHost)
        : new Refusal(RefusalReason.AccessRefused, $"user '{user}' - invalid credentials");

    /// <summary>May this user publish in the name of any other?</summary>
    public bool IsImpersonator(string user) => _users.TryGetValue(user, out var found) && found.Tags.Contains(User.Impersonator);

    /// <summary>May this user use this virtual host? Null when so.</summary>
    public Refusal? OpenVirtualHost(string user, string virtualHost)
    {
        if (!_virtualHosts.Contains(virtualHost))
        {
            return new Refusal(RefusalReason.NotAllowed, $"vhost {virtualHost} not found");
        }

        return _permissions.ContainsKey((user, virtualHost))
            ? null
            : new Refusal(RefusalReason.NotAllowed, $"access to vhost '{virtualHost}' refused for user '{user}'");
    }
}

using System.Collections.Immutable;

namespace ActorBroker.Core.Access;

/// <summary>
/// Users, virtual hosts, permissions, limits and parameters at one moment. Immutable: a change makes the next one, which shares what
/// stays the same. For any thread.
/// </summary>
public sealed record AccessSnapshot
{
    /// <summary>Nobody and nothing.</summary>
    public static AccessSnapshot Empty { get; } = new();

    /// <summary>Users by name.</summary>
    public ImmutableDictionary<string, User> Users { get; init; } = ImmutableDictionary.Create<string, User>(StringComparer.Ordinal);

    /// <summary>Virtual hosts by name.</summary>
    public ImmutableDictionary<string, VirtualHost> VirtualHosts { get; init; } =
        ImmutableDictionary.Create<string, VirtualHost>(StringComparer.Ordinal);

    /// <summary>Permissions.</summary>
    public ImmutableDictionary<PermissionKey, Permission> Permissions { get; init; } = ImmutableDictionary<PermissionKey, Permission>.Empty;

    /// <summary>Topic permissions.</summary>
    public ImmutableDictionary<TopicPermissionKey, TopicPermission> TopicPermissions { get; init; } =
        ImmutableDictionary<TopicPermissionKey, TopicPermission>.Empty;

    /// <summary>Most connections to a virtual host, where there is a limit.</summary>
    public ImmutableDictionary<string, long> ConnectionLimits { get; init; } = ImmutableDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Limits of users, where there are some.</summary>
    public ImmutableDictionary<string, UserLimits> UserLimits { get; init; } =
        ImmutableDictionary.Create<string, UserLimits>(StringComparer.Ordinal);

    /// <summary>Parameters of the whole cluster: JSON by name.</summary>
    public ImmutableDictionary<string, string> Parameters { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>How much there is: users, virtual hosts, permissions, limits and parameters.</summary>
    public int Count =>
        Users.Count + VirtualHosts.Count + Permissions.Count + TopicPermissions.Count + ConnectionLimits.Count + UserLimits.Count + Parameters.Count;

    /// <summary>Is there such a virtual host, which is not being deleted?</summary>
    public bool IsOpen(string virtualHost) => VirtualHosts.TryGetValue(virtualHost, out var found) && !found.IsBeingDeleted;

    /// <summary>May the user work in the virtual host?</summary>
    public bool MayEnter(string user, string virtualHost) =>
        Users.ContainsKey(user) && IsOpen(virtualHost) && Permissions.ContainsKey(new PermissionKey(user, virtualHost));

    /// <summary>A user's limits.</summary>
    public UserLimits LimitsOf(string user) => UserLimits.GetValueOrDefault(user, Access.UserLimits.None);

    /// <summary>With this user, in place of the one of this name.</summary>
    public AccessSnapshot With(User user) => this with { Users = Users.SetItem(user.Name, user) };

    /// <summary>With this virtual host, in place of the one of this name.</summary>
    public AccessSnapshot With(VirtualHost virtualHost) => this with { VirtualHosts = VirtualHosts.SetItem(virtualHost.Name, virtualHost) };

    /// <summary>With this permission, or without one.</summary>
    public AccessSnapshot With(PermissionKey key, Permission? permission) => this with
    {
        Permissions = permission is null ? Permissions.Remove(key) : Permissions.SetItem(key, permission),
    };

    /// <summary>With this topic permission.</summary>
    public AccessSnapshot With(TopicPermissionKey key, TopicPermission permission) => this with
    {
        TopicPermissions = TopicPermissions.SetItem(key, permission),
    };

    /// <summary>Without a user's topic permission at an exchange, or at any when it is null.</summary>
    public AccessSnapshot WithoutTopicPermissions(string user, string virtualHost, string? exchange) => this with
    {
        TopicPermissions = TopicPermissions.RemoveRange(TopicPermissions.Keys.Where(key =>
            key.User == user && key.VirtualHost == virtualHost && (exchange is null || key.Exchange == exchange))),
    };

    /// <summary>With these limits of a user.</summary>
    public AccessSnapshot With(string user, UserLimits limits) => this with
    {
        UserLimits = limits == Access.UserLimits.None ? UserLimits.Remove(user) : UserLimits.SetItem(user, limits),
    };

    /// <summary>With this limit of a virtual host; null for none.</summary>
    public AccessSnapshot WithConnectionLimit(string virtualHost, long? connectionsMax) => this with
    {
        ConnectionLimits = connectionsMax is { } max ? ConnectionLimits.SetItem(virtualHost, max) : ConnectionLimits.Remove(virtualHost),
    };

    /// <summary>With this parameter of the whole cluster; null for none.</summary>
    public AccessSnapshot WithParameter(string name, string? value) => this with
    {
        Parameters = value is null ? Parameters.Remove(name) : Parameters.SetItem(name, value),
    };

    /// <summary>Without a user, and all that is kept of it.</summary>
    public AccessSnapshot WithoutUser(string user) => this with
    {
        Users = Users.Remove(user),
        Permissions = Permissions.RemoveRange(Permissions.Keys.Where(key => key.User == user)),
        TopicPermissions = TopicPermissions.RemoveRange(TopicPermissions.Keys.Where(key => key.User == user)),
        UserLimits = UserLimits.Remove(user),
    };

    /// <summary>With a virtual host that nobody may use any more, while what is in it is being deleted.</summary>
    public AccessSnapshot WithoutPermissionsIn(string virtualHost) => this with
    {
        VirtualHosts = VirtualHosts.TryGetValue(virtualHost, out var found)
            ? VirtualHosts.SetItem(virtualHost, found with { IsBeingDeleted = true })
            : VirtualHosts,
        Permissions = Permissions.RemoveRange(Permissions.Keys.Where(key => key.VirtualHost == virtualHost)),
        TopicPermissions = TopicPermissions.RemoveRange(TopicPermissions.Keys.Where(key => key.VirtualHost == virtualHost)),
        ConnectionLimits = ConnectionLimits.Remove(virtualHost),
    };

    /// <summary>Without a virtual host.</summary>
    public AccessSnapshot WithoutVirtualHost(string virtualHost)
    {
        var emptied = WithoutPermissionsIn(virtualHost);
        return emptied with { VirtualHosts = emptied.VirtualHosts.Remove(virtualHost) };
    }
}

namespace ActorBroker.Core.Access;

/// <summary>
/// Decides by users' permissions as the broker keeps them: always at once.
/// </summary>
/// <param name="user">Whom it decides for.</param>
/// <param name="tables">What is in force.</param>
public sealed class TableAuthorization(string user, IAccessTables tables) : IAuthorization
{
    /// <inheritdoc/>
    public long Version => tables.Version;

    /// <inheritdoc/>
    public AccessDecision Enter(string virtualHost, Action decided) => Answer(tables.Current.MayEnter(user, virtualHost));

    /// <inheritdoc/>
    public AccessDecision Decide(in ResourceAccess access, Action decided)
    {
        var current = tables.Current;
        return Answer(
            current.MayEnter(user, access.VirtualHost)
            && PermissionPattern.IsMatch(current.Permissions[new PermissionKey(user, access.VirtualHost)].Of(access.Right), access.Name));
    }

    /// <inheritdoc/>
    public AccessDecision Decide(in TopicAccess access, Action decided)
    {
        var key = new TopicPermissionKey(user, access.VirtualHost, access.Exchange);
        return Answer(
            !tables.Current.TopicPermissions.TryGetValue(key, out var permission)
            || PermissionPattern.IsMatch(permission.Of(access.Right), user, access));
    }

    private static AccessDecision Answer(bool isAllowed) => isAllowed ? AccessDecision.Allowed : AccessDecision.Refused;
}

/// <summary>The node's copy of users, virtual hosts, permissions and limits. For any thread.</summary>
public interface IAccessTables
{
    /// <summary>What is in force on this node.</summary>
    AccessSnapshot Current { get; }

    /// <summary>
    /// Counts up with each change of <see cref="Current"/>: who reads the version first and then decides, decides by that
    /// version or a later one.
    /// </summary>
    long Version { get; }
}

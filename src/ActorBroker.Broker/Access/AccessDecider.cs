using System.Diagnostics;
using System.Text;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Audit;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Access;

/// <summary>What a change of users, virtual hosts, permissions or limits comes to: events to be written, none when all is so already, or a refusal.</summary>
internal static class AccessDecider
{
    // AMQP 0-9-1 §4.2.5.3: the names travel as short strings of at most 255 bytes.
    private const int NameBytesMax = 255;
    private const int TextBytesMax = 4 * 1024;

    // All are on every node.
    private const int ParametersMax = 1_000;
    private const int ParameterBytesMax = 16 * 1024;

    public static (Refusal? Refusal, AccessEvent[] Events) Decide(AccessSnapshot current, AccessChange change) => change switch
    {
        PutUser put => Put(current, put),
        DeleteUser delete => Unless(MissingUser(current, delete.User), new UserDeleted(delete.User, delete.Origin)),
        PutPermission put => Unless(
            Missing(current, put.User, put.VirtualHost) ?? Invalid(put.Permission.Configure, put.Permission.Write, put.Permission.Read),
            current.Permissions.GetValueOrDefault(new PermissionKey(put.User, put.VirtualHost)) == put.Permission
                ? null
                : new PermissionGranted(put.User, put.VirtualHost, put.Permission, put.Origin)),
        ClearPermission clear => Unless(
            Missing(current, clear.User, clear.VirtualHost),
            current.Permissions.ContainsKey(new PermissionKey(clear.User, clear.VirtualHost))
                ? new PermissionCleared(clear.User, clear.VirtualHost, clear.Origin)
                : null),
        PutTopicPermission put => Unless(
            Missing(current, put.User, put.VirtualHost) ?? InvalidName("exchange", put.Exchange) ?? Invalid(put.Permission.Write, put.Permission.Read),
            current.TopicPermissions.GetValueOrDefault(new TopicPermissionKey(put.User, put.VirtualHost, put.Exchange)) == put.Permission
                ? null
                : new TopicPermissionGranted(put.User, put.VirtualHost, put.Exchange, put.Permission, put.Origin)),
        ClearTopicPermission clear => Unless(
            Missing(current, clear.User, clear.VirtualHost),
            ReferenceEquals(current.WithoutTopicPermissions(clear.User, clear.VirtualHost, clear.Exchange).TopicPermissions, current.TopicPermissions)
                ? null
                : new TopicPermissionCleared(clear.User, clear.VirtualHost, clear.Exchange, clear.Origin)),
        CreateVirtualHost create => Create(current, create),
        DeleteVirtualHost delete => Delete(current, delete),
        SetVirtualHostLimits set => Unless(
            MissingVirtualHost(current, set.VirtualHost) ?? Negative(set.ConnectionsMax),
            set.ConnectionsMax == (current.ConnectionLimits.TryGetValue(set.VirtualHost, out var max) ? max : null)
                ? null
                : new VirtualHostLimited(set.VirtualHost, set.ConnectionsMax, set.Origin)),
        SetUserLimits set => Unless(
            MissingUser(current, set.User) ?? Negative(set.Limits.ConnectionsMax) ?? Negative(set.Limits.ChannelsMax),
            set.Limits == current.LimitsOf(set.User) ? null : new UserLimited(set.User, set.Limits, set.Origin)),
        SetGlobalParameter set => Unless(
            InvalidName("parameter", set.Name) ?? InvalidParameter(current, set),
            set.Value == current.Parameters.GetValueOrDefault(set.Name) ? null : new GlobalParameterSet(set.Name, set.Value, set.Origin)),
        _ => throw new UnreachableException($"{change.GetType()} is no change of access."),
    };

    private static (Refusal? Refusal, AccessEvent[] Events) Put(AccessSnapshot current, PutUser put)
    {
        var known = current.Users.GetValueOrDefault(put.User);
        var refusal = known is null && put.PasswordHash is null
            ? MissingUser(current, put.User)
            : InvalidName("user", put.User) ?? InvalidPassword(put) ?? InvalidTags(put.Tags);
        var user = new User(
            put.User,
            put.PasswordHash ?? known?.PasswordHash ?? string.Empty,
            put.Tags ?? known?.Tags ?? [],
            put.PasswordHash is null && known is not null ? known.Hashing : put.Hashing);
        if (known is null)
        {
            return Unless(refusal, new UserCreated(user, put.Origin));
        }

        var hasPasswordChanged = (user.PasswordHash, user.Hashing) != (known.PasswordHash, known.Hashing);
        var haveTagsChanged = !user.Tags.SequenceEqual(known.Tags);
        return Unless(
            refusal,
            hasPasswordChanged || haveTagsChanged ? new UserChanged(user, hasPasswordChanged, haveTagsChanged, put.Origin) : null);
    }

    private static (Refusal? Refusal, AccessEvent[] Events) Create(AccessSnapshot current, CreateVirtualHost create)
    {
        var refusal = InvalidName("vhost", create.VirtualHost) ?? Reserved(create.VirtualHost) ?? InvalidMetadata(create.Metadata);
        if (!current.VirtualHosts.TryGetValue(create.VirtualHost, out var known))
        {
            return Unless(refusal, new VirtualHostCreated(create.VirtualHost, create.Metadata ?? VirtualHostMetadata.None, create.Origin));
        }

        // Where it is kept was decided when it was made.
        var metadata = create.Metadata is null ? known.Metadata : create.Metadata with { Journal = known.Metadata.Journal };
        return known.IsBeingDeleted
            ? Unless(new Refusal(RefusalReason.Unavailable, $"vhost '{create.VirtualHost}' is being deleted"), null)
            : Unless(refusal, metadata == known.Metadata ? null : new VirtualHostDescribed(create.VirtualHost, metadata, create.Origin));
    }

    private static (Refusal? Refusal, AccessEvent[] Events) Delete(AccessSnapshot current, DeleteVirtualHost delete)
    {
        if (!current.VirtualHosts.TryGetValue(delete.VirtualHost, out var known))
        {
            return Unless(MissingVirtualHost(current, delete.VirtualHost), null);
        }

        if (known.Metadata.IsProtected)
        {
            return Unless(
                new Refusal(
                    RefusalReason.PreconditionFailed,
                    $"Refusing to delete virtual host '{delete.VirtualHost}' because it is protected from deletion"),
                null);
        }

        return known.IsBeingDeleted
            ? (null, [])
            : (null,
            [
                .. current.Permissions.Keys
                    .Where(key => key.VirtualHost == delete.VirtualHost)
                    .Select(key => new PermissionCleared(key.User, key.VirtualHost, delete.Origin)),
                .. current.TopicPermissions.Keys
                    .Where(key => key.VirtualHost == delete.VirtualHost)
                    .Select(key => new TopicPermissionCleared(key.User, key.VirtualHost, key.Exchange, delete.Origin)),
                new VirtualHostClosed(delete.VirtualHost, delete.Origin),
            ]);
    }

    private static (Refusal? Refusal, AccessEvent[] Events) Unless(Refusal? refusal, AccessEvent? otherwise) =>
        (refusal, refusal is null && otherwise is not null ? [otherwise] : []);

    private static Refusal? Missing(AccessSnapshot current, string user, string virtualHost) =>
        MissingUser(current, user) ?? MissingVirtualHost(current, virtualHost);

    private static Refusal? MissingUser(AccessSnapshot current, string user) =>
        current.Users.ContainsKey(user) ? null : new Refusal(RefusalReason.NotFound, $"user '{user}' not found");

    private static Refusal? MissingVirtualHost(AccessSnapshot current, string virtualHost) =>
        current.IsOpen(virtualHost) ? null : new Refusal(RefusalReason.NotFound, $"vhost {virtualHost} not found");

    private static Refusal? Invalid(params ReadOnlySpan<string> expressions)
    {
        foreach (var expression in expressions)
        {
            if (!NamePattern.TryParse(expression, out _, out var error))
            {
                return Wrong($"invalid regular expression '{expression}': {error.Words}{(error.Offset is { } offset ? $" at {offset}" : string.Empty)}");
            }
        }

        return null;
    }

    private static Refusal? InvalidName(string what, string name) =>
        Encoding.UTF8.GetByteCount(name) is 0 or > NameBytesMax ? Wrong($"the name of a {what} must have 1 to {NameBytesMax} bytes") : null;

    private static Refusal? Reserved(string virtualHost) =>
        virtualHost == AuditTrail.VirtualHost ? Wrong($"the vhost name '{virtualHost}' is reserved for the broker") : null;

    private static Refusal? InvalidPassword(PutUser put) =>
        string.IsNullOrEmpty(put.PasswordHash) || PasswordHash.IsWellFormed(put.Hashing, put.PasswordHash)
            ? null
            : Wrong($"the password hash of user '{put.User}' is not in the form that its hashing algorithm has");

    private static Refusal? InvalidTags(IReadOnlyList<string>? tags) =>
        tags is null || (tags.Count <= User.TagsMax && tags.All(static tag => Encoding.UTF8.GetByteCount(tag) <= NameBytesMax))
            ? null
            : Wrong($"a user must not have more than {User.TagsMax} tags, nor one longer than {NameBytesMax} bytes");

    private static Refusal? InvalidMetadata(VirtualHostMetadata? metadata) =>
        metadata is null || Encoding.UTF8.GetByteCount(metadata.Description) + metadata.Tags.Sum(Encoding.UTF8.GetByteCount) <= TextBytesMax
            ? null
            : Wrong($"description and tags of a vhost must not exceed {TextBytesMax} bytes");

    private static Refusal? InvalidParameter(AccessSnapshot current, SetGlobalParameter set)
    {
        if (set.Value is null)
        {
            return current.Parameters.ContainsKey(set.Name) ? null : new Refusal(RefusalReason.NotFound, $"parameter '{set.Name}' not found");
        }

        return Encoding.UTF8.GetByteCount(set.Value) > ParameterBytesMax ? Wrong($"a parameter must not exceed {ParameterBytesMax} bytes")
            : current.Parameters.Count >= ParametersMax && !current.Parameters.ContainsKey(set.Name) ? Wrong($"there must not be more than {ParametersMax} global parameters")
            : null;
    }

    private static Refusal? Negative(long? limit) => limit < 0 ? Wrong("a limit must not be negative") : null;

    private static Refusal Wrong(string text) => new(RefusalReason.PreconditionFailed, text);
}

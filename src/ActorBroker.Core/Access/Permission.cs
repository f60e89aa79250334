namespace ActorBroker.Core.Access;

/// <summary>
/// What a user may do in a virtual host: three regular expressions over names of queues and exchanges, which match
/// anywhere in a name; an empty one matches no name.
/// </summary>
/// <param name="Configure">What may be declared and deleted.</param>
/// <param name="Write">What may be published to, and bound.</param>
/// <param name="Read">What may be consumed from, and bound to.</param>
public sealed record Permission(string Configure, string Write, string Read)
{
    /// <summary>Everything.</summary>
    public static Permission All { get; } = new(".*", ".*", ".*");

    /// <summary>The expression of a right.</summary>
    public string Of(AccessRight right) => right switch
    {
        AccessRight.Configure => Configure,
        AccessRight.Write => Write,
        _ => Read,
    };
}

/// <summary>
/// By which routing keys a user may use a topic exchange: two regular expressions, in which <c>{username}</c>,
/// <c>{vhost}</c> and <c>{client_id}</c> stand for what they say. A user without one for an exchange may use any key.
/// </summary>
/// <param name="Write">What may be published with.</param>
/// <param name="Read">What may be bound by.</param>
public sealed record TopicPermission(string Write, string Read)
{
    /// <summary>The expression of a right: write or read.</summary>
    public string Of(AccessRight right) => right == AccessRight.Write ? Write : Read;
}

/// <summary>Whose permission, and where.</summary>
public readonly record struct PermissionKey(string User, string VirtualHost);

/// <summary>Whose topic permission, and at which exchange.</summary>
public readonly record struct TopicPermissionKey(string User, string VirtualHost, string Exchange);

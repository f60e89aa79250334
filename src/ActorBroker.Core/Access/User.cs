namespace ActorBroker.Core.Access;

/// <summary>A user as the broker keeps it.</summary>
/// <param name="Name">Unique in the cluster.</param>
/// <param name="PasswordHash">See <see cref="Access.PasswordHash"/>; empty for a user that cannot log in with a password.</param>
/// <param name="Tags">What the user may administer, in RabbitMQ's words.</param>
public sealed record User(string Name, string PasswordHash, IReadOnlyList<string> Tags)
{
    /// <summary>The tag of a user who may do everything in the management interface.</summary>
    public const string Administrator = "administrator";

    /// <summary>The tag of a user who may publish in the name of any other.</summary>
    public const string Impersonator = "impersonator";

    /// <summary>Leaves the hash out.</summary>
    public override string ToString() => $"User {{ Name = {Name}, Tags = {string.Join(' ', Tags)} }}";
}

/// <summary>What a user may do in a virtual host: three regular expressions over names of queues and exchanges.</summary>
/// <param name="Configure">What may be declared and deleted.</param>
/// <param name="Write">What may be published to, and bound.</param>
/// <param name="Read">What may be consumed from, and bound to.</param>
public sealed record Permission(string Configure, string Write, string Read)
{
    /// <summary>Everything.</summary>
    public static Permission All { get; } = new(".*", ".*", ".*");
}

namespace ActorBroker.Core.Access;

/// <summary>A user as the broker keeps it.</summary>
/// <param name="Name">Unique in the cluster.</param>
/// <param name="PasswordHash">See <see cref="Access.PasswordHash"/>; empty for a user that cannot log in with a password.</param>
/// <param name="Tags">What the user may administer, in RabbitMQ's words.</param>
/// <param name="Hashing">How the password was hashed.</param>
public sealed record User(string Name, string PasswordHash, IReadOnlyList<string> Tags, PasswordHashing Hashing = PasswordHashing.Sha256)
{
    /// <summary>The tag of a user who may do everything in the management interface.</summary>
    public const string Administrator = "administrator";

    /// <summary>The tag of a user who may publish in the name of any other.</summary>
    public const string Impersonator = "impersonator";

    /// <summary>Most tags of a user.</summary>
    public const int TagsMax = 32;

    /// <inheritdoc/>
    public bool Equals(User? other) =>
        other is not null && Name == other.Name && PasswordHash == other.PasswordHash && Hashing == other.Hashing && Tags.SequenceEqual(other.Tags);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, PasswordHash);

    /// <summary>Leaves the hash out.</summary>
    public override string ToString() => $"User {{ Name = {Name}, Tags = {string.Join(' ', Tags)} }}";
}

using ActorBroker.Core.Access;

namespace ActorBroker.Contracts.Access;

/// <summary>A hashed password, for <see cref="PutUser"/>.</summary>
/// <param name="Hash">See <see cref="PasswordHash"/>.</param>
/// <param name="Hashing">How it was made.</param>
public sealed record HashedPassword(string Hash, PasswordHashing Hashing)
{
    /// <summary>Leaves the hash out.</summary>
    public override string ToString() => $"HashedPassword {{ Hashing = {Hashing} }}";
}

/// <summary>Hashes passwords as the node's configuration says. For any thread; takes its time on threads of the pool, few at once.</summary>
public interface IPasswordHasher
{
    /// <summary>Hashes a new password; nothing of it is kept.</summary>
    /// <exception cref="InvalidOperationException">Too many wait already.</exception>
    Task<HashedPassword> HashAsync(string password, CancellationToken cancellation);
}

using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Access;

/// <summary>May this user, from this address, use this virtual host? Answered by <see cref="Authenticated"/>.</summary>
/// <param name="RequestId">Of the asker's choosing.</param>
/// <param name="User">User name.</param>
/// <param name="Password">Clear text; never logged.</param>
/// <param name="VirtualHost">The virtual host to open.</param>
/// <param name="Loopback">The client comes from this machine.</param>
public sealed record Authenticate(long RequestId, string User, string Password, string VirtualHost, bool Loopback) : IShardedMessage
{
    /// <summary>The one access entity of the cluster.</summary>
    public const string TheEntity = "access";

    /// <inheritdoc/>
    public string EntityId => TheEntity;

    /// <summary>Leaves the password out.</summary>
    public override string ToString() => $"Authenticate {{ User = {User}, VirtualHost = {VirtualHost} }}";
}

/// <summary>The answer to <see cref="Authenticate"/>: yes when <paramref name="Refusal"/> is null.</summary>
public sealed record Authenticated(long RequestId, Refusal? Refusal) : IBrokerMessage;

using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Access;

/// <summary>
/// What the one access entity of the cluster understands. It goes through the shard region; answers go to the sender,
/// with the request id of the sender's own choosing.
/// </summary>
public abstract record AccessCommand(long RequestId) : IShardedMessage
{
    /// <summary>The id of the one entity.</summary>
    public const string TheEntity = "access";

    /// <inheritdoc/>
    public string EntityId => TheEntity;
}

/// <summary>Is it this user, and may it come from there? Answered by <see cref="UserAuthenticated"/>.</summary>
/// <param name="RequestId">Of the asker's choosing.</param>
/// <param name="User">User name.</param>
/// <param name="Password">In clear; never logged.</param>
/// <param name="Loopback">The client comes from the machine of its node.</param>
public sealed record AuthenticateUser(long RequestId, string User, string Password, bool Loopback) : AccessCommand(RequestId)
{
    /// <summary>Leaves the password out.</summary>
    public override string ToString() => $"AuthenticateUser {{ RequestId = {RequestId}, User = {User}, Loopback = {Loopback} }}";
}

/// <summary>
/// The answer to <see cref="AuthenticateUser"/> and <see cref="RenewUser"/>: yes when <paramref name="Refusal"/> is null. Its text is for the log: a
/// client learns that it was refused, and not whether it was the user, the password or the address.
/// </summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="IsImpersonator">The user may publish in the name of any other.</param>
public sealed record UserAuthenticated(long RequestId, Refusal? Refusal, bool IsImpersonator) : IRequestAnswer;

/// <summary>A connected user has renewed its secret: may it stay? Answered by <see cref="UserAuthenticated"/>.</summary>
/// <param name="RequestId">Of the asker's choosing.</param>
/// <param name="User">User name.</param>
/// <param name="VirtualHost">Where it is.</param>
/// <param name="Secret">In clear; never logged.</param>
public sealed record RenewUser(long RequestId, string User, string VirtualHost, string Secret) : AccessCommand(RequestId)
{
    /// <summary>Leaves the secret out.</summary>
    public override string ToString() => $"RenewUser {{ RequestId = {RequestId}, User = {User}, VirtualHost = {VirtualHost} }}";
}

/// <summary>Which virtual hosts are there? Answered by <see cref="VirtualHostsListed"/>.</summary>
public sealed record ListVirtualHosts(long RequestId) : AccessCommand(RequestId);

/// <summary>The answer to <see cref="ListVirtualHosts"/>: their names, in no order.</summary>
public sealed record VirtualHostsListed(long RequestId, IReadOnlyList<string> VirtualHosts) : IRequestAnswer;

/// <summary>May this user use this virtual host? Answered by <see cref="VirtualHostOpened"/>.</summary>
public sealed record OpenVirtualHost(long RequestId, string User, string VirtualHost) : AccessCommand(RequestId);

/// <summary>The answer to <see cref="OpenVirtualHost"/>: yes when <paramref name="Refusal"/> is null.</summary>
public sealed record VirtualHostOpened(long RequestId, Refusal? Refusal) : IRequestAnswer;

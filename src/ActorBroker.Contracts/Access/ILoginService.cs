using System.Net;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Access;

/// <summary>Somebody who wants to be let in.</summary>
/// <param name="Credential">Who, and by what.</param>
/// <param name="Address">From where.</param>
public sealed record LoginAttempt(Credential Credential, IPAddress Address);

/// <summary>
/// Whether somebody is let in. The text of a refusal is for the log: a client learns that it was refused, and not whether
/// it was the user, the password or the address. <see cref="RefusalReason.Unavailable"/> means that nobody knows for now.
/// </summary>
/// <param name="Identity">Who it is; null when refused.</param>
/// <param name="Refusal">Why not; null when let in.</param>
public sealed record LoginResult(Identity? Identity, Refusal? Refusal)
{
    /// <summary>Let in.</summary>
    public static LoginResult Of(Identity identity) => new(identity, null);

    /// <summary>Refused.</summary>
    public static LoginResult Refused(Refusal refusal) => new(null, refusal);
}

/// <summary>
/// Says who somebody is. For any thread; never blocks the caller, and ends at once where nothing has to be waited for.
/// Guessing is slowed down here, and failures are logged here.
/// </summary>
public interface ILoginService
{
    /// <summary>Is it this user, and may it come from there?</summary>
    Task<LoginResult> LoginAsync(LoginAttempt attempt, CancellationToken cancellation);

    /// <summary>
    /// The client of somebody who was let in has renewed its secret. A user with a password is asked for it when the
    /// connection opens and not again (RabbitMQ); a token replaces the one before.
    /// </summary>
    Task<LoginResult> RenewAsync(Identity identity, string secret, CancellationToken cancellation);
}

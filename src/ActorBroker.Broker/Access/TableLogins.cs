using System.Net;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Access;

/// <summary>
/// Lets in the users that the broker keeps itself (RabbitMQ's internal back end), by the node's copy of them: no other
/// node is asked.
/// </summary>
public sealed class TableLogins(AccessTables tables, PasswordWork passwords, IReadOnlySet<string> loopbackUsers, TimeProvider clock) : ILoginService
{
    private const int SourcesMax = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    // Of one user from one address, which may be that of many clients; and of one address whoever it claims to be.
    private readonly LoginThrottle _ofUsers = new(clock, failuresMax: 20, Window, SourcesMax);
    private readonly LoginThrottle _ofAddresses = new(clock, failuresMax: 200, Window, SourcesMax);

    /// <inheritdoc/>
    public Task<LoginResult> LoginAsync(LoginAttempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (tables.Refusal is { } refusal)
        {
            return Task.FromResult(LoginResult.Refused(refusal));
        }

        return attempt.Credential switch
        {
            Credential.Password password => LoginAsync(password, attempt.Address, cancellation),
            var established => Task.FromResult(
                tables.Current.Users.TryGetValue(established.ClaimedUser, out var user)
                    ? LetIn(user, attempt.Address)
                    : LoginResult.Refused(Wrong(established.ClaimedUser))),
        };
    }

    /// <inheritdoc/>
    public Task<LoginResult> RenewAsync(Identity identity, string secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return Task.FromResult(
            tables.Refusal is { } refusal ? LoginResult.Refused(refusal)
            : tables.Current.Users.TryGetValue(identity.User, out var user) ? LoginResult.Of(IdentityOf(user))
            : LoginResult.Refused(Wrong(identity.User)));
    }

    private async Task<LoginResult> LoginAsync(Credential.Password claimed, IPAddress address, CancellationToken cancellation)
    {
        if (claimed.Secret.Length == 0)
        {
            return LoginResult.Refused(new Refusal(
                RefusalReason.AccessRefused,
                $"user '{claimed.User}' attempted to log in with a blank password, which is prohibited by the internal authN backend"));
        }

        var isKnown = tables.Current.Users.TryGetValue(claimed.User, out var user);
        if (isKnown && passwords.IsRemembered(user!, claimed.Secret))
        {
            return LetIn(user!, address);
        }

        var (sourceOfUser, sourceOfAddress) = ($"{address} {claimed.User}", address.ToString());
        lock (_ofUsers)
        {
            if (!_ofUsers.MayTry(sourceOfUser) || !_ofAddresses.MayTry(sourceOfAddress))
            {
                return LoginResult.Refused(new Refusal(
                    RefusalReason.AccessRefused, $"user '{claimed.User}' - too many failed logins from {address}: not tried"));
            }
        }

        bool matches;
        try
        {
            // For one who does not exist as well, so that the time to answer does not tell.
            matches = await passwords.MatchesAsync(user ?? Nobody(claimed.User), claimed.Secret, cancellation).ConfigureAwait(false);
        }
        catch (InvalidOperationException overload)
        {
            return LoginResult.Refused(new Refusal(RefusalReason.Unavailable, overload.Message));
        }

        if (isKnown && matches)
        {
            return LetIn(user!, address);
        }

        lock (_ofUsers)
        {
            _ofUsers.Failed(sourceOfUser);
            _ofAddresses.Failed(sourceOfAddress);
        }

        return LoginResult.Refused(Wrong(claimed.User));
    }

    private LoginResult LetIn(User user, IPAddress address) =>
        loopbackUsers.Contains(user.Name) && !IPAddress.IsLoopback(address)
            ? LoginResult.Refused(new Refusal(RefusalReason.AccessRefused, $"user '{user.Name}' can only connect via localhost"))
            : LoginResult.Of(IdentityOf(user));

    private Identity IdentityOf(User user) => new(user.Name, user.Tags, new TableAuthorization(user.Name, tables));

    private User Nobody(string name) => new(name, string.Empty, [], passwords.Hashing);

    private static Refusal Wrong(string user) => new(RefusalReason.AccessRefused, $"user '{user}' - invalid credentials");
}

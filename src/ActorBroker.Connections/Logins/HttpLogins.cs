using System.Net;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Logins;

/// <summary>Asks a service by HTTP who a client is; what it may do is asked for when it matters.</summary>
/// <param name="options">Where it is.</param>
/// <param name="questions">Asks it.</param>
/// <param name="clock">Elapsed time.</param>
public sealed class HttpLogins(HttpLoginOptions options, HttpQuestions questions, TimeProvider clock) : ILoginService
{
    /// <inheritdoc/>
    public async Task<LoginResult> LoginAsync(LoginAttempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var user = attempt.Credential.ClaimedUser;
        List<KeyValuePair<string, string>> parameters = [new("username", user)];
        if (attempt.Credential is Credential.Password password)
        {
            parameters.Add(new("password", password.Secret));
        }

        try
        {
            return await questions.AskAsync(options.UserUrl, parameters, cancellation).ConfigureAwait(false) is { } tags
                ? LoginResult.Of(IdentityOf(user, tags.Split(' ', StringSplitOptions.RemoveEmptyEntries), attempt.Address))
                : LoginResult.Refused(new Refusal(RefusalReason.AccessRefused, $"user '{user}' - Denied by the backing HTTP service"));
        }
        catch (HttpRequestException failure)
        {
            return LoginResult.Refused(new Refusal(RefusalReason.Unavailable, failure.Message));
        }
    }

    /// <inheritdoc/>
    public Task<LoginResult> RenewAsync(Identity identity, string secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return Task.FromResult(identity.Authorization is HttpAuthorization
            ? LoginResult.Of(identity)
            : LoginResult.Refused(new Refusal(RefusalReason.AccessRefused, $"user '{identity.User}' was let in by somebody else")));
    }

    private Identity IdentityOf(string user, string[] tags, IPAddress address) =>
        new(user, tags, new HttpAuthorization(user, tags, address, options, questions, clock));
}

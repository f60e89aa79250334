using System.Text.Json;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ActorBroker.Connections.Logins;

/// <summary>
/// Lets in whoever has a token (JWT, RFC 7519) that is signed by a known key, given as the password; the user's name that
/// comes with it is ignored (RabbitMQ: rabbitmq_auth_backend_oauth2).
/// </summary>
/// <param name="options">What a token must be.</param>
/// <param name="keys">By which it may be signed.</param>
/// <param name="clock">Wall clock.</param>
public sealed class TokenLogins(OAuthOptions options, TokenKeys keys, TimeProvider clock) : ILoginService
{
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = 64 * 1024 };
    private readonly TokenClaims _claims = new(options);

    /// <inheritdoc/>
    public Task<LoginResult> LoginAsync(LoginAttempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return attempt.Credential is Credential.Password password
            ? CheckAsync(password.Secret, cancellation)
            : Task.FromResult(Refused($"user '{attempt.Credential.ClaimedUser}' has shown no token"));
    }

    /// <inheritdoc/>
    public async Task<LoginResult> RenewAsync(Identity identity, string secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (identity.Authorization is not TokenAuthorization)
        {
            return Refused($"user '{identity.User}' has not logged in by a token");
        }

        var result = await CheckAsync(secret, cancellation).ConfigureAwait(false);
        return result.Identity is { } renewed && renewed.User != identity.User ? Refused("Not allowed to change username on refreshed token") : result;
    }

    private async Task<LoginResult> CheckAsync(string token, CancellationToken cancellation)
    {
        if (token.Count('.') != 2 || !_handler.CanReadToken(token))
        {
            return Refused("provided token is invalid");
        }

        try
        {
            var read = _handler.ReadJsonWebToken(token);
            var known = await keys.FindAsync(read.Kid, cancellation).ConfigureAwait(false);
            var validated = await _handler.ValidateTokenAsync(read, Parameters(known)).ConfigureAwait(false);
            return validated.IsValid ? Identify(read) : Refused(Reason(validated.Exception));
        }
        catch (HttpRequestException failure)
        {
            return LoginResult.Refused(new Refusal(RefusalReason.Unavailable, failure.Message));
        }
        catch (Exception failure) when (failure is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            return Refused("provided token is invalid");
        }
    }

    private LoginResult Identify(JsonWebToken token)
    {
        using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        var claims = payload.RootElement;
        if (!_claims.IsMeantForUs(claims))
        {
            return Refused($"it is not meant for {options.ResourceServerId}");
        }

        if (_claims.AllowedBy(claims) is not var (scopes, tags))
        {
            return Refused("too_many_scopes");
        }

        var expiresAt = new DateTimeOffset(token.ValidTo, TimeSpan.Zero);
        return LoginResult.Of(new Identity(_claims.UserOf(claims), tags, new TokenAuthorization(scopes, expiresAt, clock)) { ExpiresAt = expiresAt });
    }

    private TokenValidationParameters Parameters(IReadOnlyList<SecurityKey> known) => new()
    {
        IssuerSigningKeys = known,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ValidAlgorithms = options.Algorithms,
        ValidateIssuer = options.Issuer is not null,
        ValidIssuer = options.Issuer,
        ValidateAudience = false,
        LifetimeValidator = IsInItsTime,
    };

    private bool IsInItsTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires > now && (notBefore is null || notBefore <= now);
    }

    private static string Reason(Exception failure) => failure switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNoExpirationException => "Provided JWT token has expired or is not valid yet",
        SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException => "signature_invalid",
        _ => failure.GetType().Name,
    };

    private static LoginResult Refused(string reason) =>
        LoginResult.Refused(new Refusal(RefusalReason.AccessRefused, $"Authentication using an OAuth 2/JWT token failed: {reason}"));
}

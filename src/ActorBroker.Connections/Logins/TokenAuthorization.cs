using ActorBroker.Core.Access;

namespace ActorBroker.Connections.Logins;

/// <summary>Decides by the scopes of a token, at once, until the token's time is over.</summary>
public sealed class TokenAuthorization : IAuthorization
{
    private static long _lastVersion;

    private readonly IReadOnlyList<TokenScope> _scopes;
    private readonly DateTimeOffset _expiresAt;
    private readonly TimeProvider _clock;

    /// <param name="scopes">Those of the token.</param>
    /// <param name="expiresAt">When its time is over.</param>
    /// <param name="clock">Wall clock.</param>
    public TokenAuthorization(IReadOnlyList<TokenScope> scopes, DateTimeOffset expiresAt, TimeProvider clock)
    {
        _scopes = scopes;
        _expiresAt = expiresAt;
        _clock = clock;
        Version = Interlocked.Increment(ref _lastVersion);
    }

    /// <summary>Another one for each token: what one has allowed says nothing about the next one of the same connection.</summary>
    public long Version { get; }

    /// <inheritdoc/>
    public AccessDecision Enter(string virtualHost, Action decided) =>
        Answer(IsValid && _scopes.Any(scope => scope.IsFor(virtualHost)));

    /// <inheritdoc/>
    public AccessDecision Decide(in ResourceAccess access, Action decided)
    {
        foreach (var scope in _scopes)
        {
            if (scope.Allows(access))
            {
                return Answer(IsValid);
            }
        }

        return AccessDecision.Refused;
    }

    /// <inheritdoc/>
    public AccessDecision Decide(in TopicAccess access, Action decided)
    {
        foreach (var scope in _scopes)
        {
            if (scope.Allows(access))
            {
                return Answer(IsValid);
            }
        }

        return AccessDecision.Refused;
    }

    private bool IsValid => _clock.GetUtcNow() < _expiresAt;

    private static AccessDecision Answer(bool isAllowed) => isAllowed ? AccessDecision.Allowed : AccessDecision.Refused;
}

using System.Text.Json;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Connections.Logins;

/// <summary>What the claims of a token say about its user, as RabbitMQ reads them.</summary>
/// <param name="options">Which claims are read.</param>
internal sealed class TokenClaims(OAuthOptions options)
{
    // RabbitMQ's: a token that holds more is refused.
    private const int ScopesMax = 2048;

    private const string TagScope = "tag:";

    private static readonly string[] LastUserClaims = ["sub", "client_id"];

    /// <summary>The user's name.</summary>
    public string UserOf(JsonElement claims)
    {
        foreach (var name in options.UserClaims.Concat(LastUserClaims))
        {
            if (claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } user)
            {
                return user;
            }
        }

        return "unknown";
    }

    /// <summary>Whether the token is meant for this broker: its audience is a list, or names between blanks.</summary>
    public bool IsMeantForUs(JsonElement claims) =>
        !options.VerifiesAudience || Words(claims, "aud").Contains(options.ResourceServerId, StringComparer.Ordinal);

    /// <summary>What the scopes that are meant for this broker allow, and the tags that they give; null where there are too many.</summary>
    public (IReadOnlyList<TokenScope> Scopes, IReadOnlyList<string> Tags)? AllowedBy(JsonElement claims)
    {
        var given = Words(claims, "scope").Concat(options.MoreScopesClaim is { } more ? Words(claims, more) : []);
        string[] all = [.. given.SelectMany(WithAlias).Where(IsOurs).Select(scope => scope[options.ScopePrefix.Length..]).Distinct(StringComparer.Ordinal)];
        return all.Length > ScopesMax
            ? null
            : ([.. all.Select(TokenScope.Parse).OfType<TokenScope>()],
               [.. all.Where(static scope => scope.StartsWith(TagScope, StringComparison.Ordinal)).Select(static scope => scope[TagScope.Length..])]);
    }

    private bool IsOurs(string scope) => scope.StartsWith(options.ScopePrefix, StringComparison.Ordinal);

    private IEnumerable<string> WithAlias(string scope) =>
        options.ScopeAliases.TryGetValue(scope, out var meant) ? [scope, .. meant.Split(' ', StringSplitOptions.RemoveEmptyEntries)] : [scope];

    private static IEnumerable<string> Words(JsonElement claims, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (claims.ValueKind != JsonValueKind.Object || !claims.TryGetProperty(name, out claims))
            {
                return [];
            }
        }

        return claims.ValueKind switch
        {
            JsonValueKind.String => claims.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            JsonValueKind.Array => claims.EnumerateArray().Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()!),
            _ => [],
        };
    }
}

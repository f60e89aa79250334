namespace ActorBroker.Contracts.Options;

/// <summary>Logins by signed tokens (JWT), which say themselves what their user may do.</summary>
/// <param name="ResourceServerId">This broker, as tokens' audience names it.</param>
/// <param name="ScopePrefix">What scopes that are meant for this broker begin with.</param>
/// <param name="VerifiesAudience">A token must be meant for <paramref name="ResourceServerId"/>.</param>
/// <param name="Issuer">Who must have issued a token; null for anybody whose key is known.</param>
/// <param name="JwksUrl">Where the issuer's keys are; null for none.</param>
/// <param name="JwksAuthority">PEM file of the certificates that sign that server's; null for those that the machine trusts.</param>
/// <param name="SigningKeys">PEM files of further public keys, by their names.</param>
/// <param name="Algorithms">Algorithms of signatures that are taken.</param>
/// <param name="UserClaims">Claims that have the user's name, the first that is there.</param>
/// <param name="MoreScopesClaim">Another claim that holds scopes; null for none.</param>
/// <param name="ScopeAliases">What scopes of others stand for.</param>
public sealed record OAuthOptions(
    string ResourceServerId, string ScopePrefix, bool VerifiesAudience, string? Issuer, Uri? JwksUrl, string? JwksAuthority,
    IReadOnlyDictionary<string, string> SigningKeys, IReadOnlyList<string> Algorithms, IReadOnlyList<string> UserClaims, string? MoreScopesClaim,
    IReadOnlyDictionary<string, string> ScopeAliases)
{
    private const string Section = "actorbroker.login.oauth";

    private static readonly string[] KnownAlgorithms =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>Null where it is off.</summary>
    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static OAuthOptions? Read(SettingReader settings, bool isOn)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var id = settings.TextIfAny($"{Section}.resource-server-id");
        var options = new OAuthOptions(
            id ?? "",
            settings.TextIfAny($"{Section}.scope-prefix") ?? $"{id}.",
            settings.Switch($"{Section}.verify-aud"),
            settings.TextIfAny($"{Section}.issuer"),
            HttpUrl.ReadIfAny(settings, $"{Section}.jwks-url"),
            settings.TextIfAny($"{Section}.jwks-ca"),
            Pairs(settings, $"{Section}.signing-keys", "id", "file"),
            [.. settings.Texts($"{Section}.algorithms").Select(ReadAlgorithm)],
            settings.Texts($"{Section}.user-claims"),
            settings.TextIfAny($"{Section}.more-scopes-claim"),
            Pairs(settings, $"{Section}.scope-aliases", "alias", "scope"));
        if (!isOn)
        {
            return null;
        }

        if (id is null)
        {
            throw SettingReader.Expected($"{Section}.resource-server-id", "\"\"", "this broker's name, as oauth is among the back ends");
        }

        return options.JwksUrl is not null || options.SigningKeys.Count > 0
            ? options
            : throw SettingReader.Expected($"{Section}.jwks-url", "\"\"", $"where keys are, or some in {Section}.signing-keys");
    }

    private static string ReadAlgorithm(string name) => KnownAlgorithms.Contains(name, StringComparer.Ordinal)
        ? name
        : throw SettingReader.Expected($"{Section}.algorithms", name, $"some of {string.Join(", ", KnownAlgorithms)}");

    private static Dictionary<string, string> Pairs(SettingReader settings, string key, string name, string value)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var section in settings.Sections(key))
        {
            if (section.GetString(name) is not { Length: > 0 } first || section.GetString(value) is not { Length: > 0 } second)
            {
                throw SettingReader.Expected(key, section.ToString(), $"entries {{ {name} = ..., {value} = ... }}");
            }

            pairs[first] = second;
        }

        return pairs;
    }
}

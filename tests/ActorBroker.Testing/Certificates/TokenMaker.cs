using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ActorBroker.Testing.Certificates;

/// <summary>Signs tokens (JWT), and tells by which key.</summary>
public sealed class TokenMaker : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);

    public TokenMaker(string keyId) => KeyId = keyId;

    public string KeyId { get; }

    /// <summary>The public key as PEM.</summary>
    public string PublicKeyPem => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>The public key as an issuer tells it.</summary>
    public string Jwks
    {
        get
        {
            var parameters = _key.ExportParameters(includePrivateParameters: false);
            return $$"""{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"{{KeyId}}","n":"{{Base64UrlEncoder.Encode(parameters.Modulus)}}","e":"{{Base64UrlEncoder.Encode(parameters.Exponent)}}"}]}""";
        }
    }

    /// <summary>A token with these claims.</summary>
    public string Sign(DateTimeOffset expiresAt, string scopes, string user = "alice", string? audience = "mq", string? issuer = null)
    {
        var claims = new Dictionary<string, object> { ["sub"] = user, ["scope"] = scopes, ["exp"] = expiresAt.ToUnixTimeSeconds() };
        if (audience is not null)
        {
            claims["aud"] = audience;
        }

        if (issuer is not null)
        {
            claims["iss"] = issuer;
        }

        return Sign(claims);
    }

    /// <summary>A token with these claims and no others.</summary>
    public string Sign(IDictionary<string, object> claims) => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
    {
        Claims = claims,
        SigningCredentials = new SigningCredentials(new RsaSecurityKey(_key) { KeyId = KeyId }, SecurityAlgorithms.RsaSha256),
    });

    public void Dispose() => _key.Dispose();
}

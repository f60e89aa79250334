using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Options;
using Microsoft.IdentityModel.Tokens;

namespace ActorBroker.Connections.Logins;

/// <summary>
/// The public keys that tokens may be signed by: those that are configured, and those that the issuer tells (JWKS), which are
/// asked for when a token names a key that nobody knows, and not more often than every <see cref="AskInterval"/>.
/// </summary>
public sealed class TokenKeys
{
    /// <summary>How long an answer of the issuer, be it a failure, holds.</summary>
    public static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SecurityKey> _configured = new(StringComparer.Ordinal);
    private readonly HttpClient? _client;
    private readonly Uri? _url;
    private readonly TimeProvider _clock;
    private volatile IReadOnlyList<SecurityKey> _told = [];
    private Task? _asking;
    private long _askedAt;

    /// <param name="options">Where the keys are.</param>
    /// <param name="client">Asks the issuer; null where it is not asked.</param>
    /// <param name="clock">Elapsed time.</param>
    /// <exception cref="StartupException">A file has no key.</exception>
    public TokenKeys(OAuthOptions options, HttpClient? client, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        _client = client;
        _url = options.JwksUrl;
        _clock = clock;
        foreach (var (id, file) in options.SigningKeys)
        {
            _configured[id] = Load(id, file);
        }
    }

    /// <summary>The keys that a token may be signed by.</summary>
    /// <param name="id">The key that the token names; null or empty when it names none: then it may be any.</param>
    /// <param name="cancellation">Gives up waiting for the issuer.</param>
    /// <exception cref="HttpRequestException">The issuer has to be asked, and does not answer.</exception>
    public async Task<IReadOnlyList<SecurityKey>> FindAsync(string? id, CancellationToken cancellation)
    {
        if (Known(id) is { Count: > 0 } known || _url is null)
        {
            return Known(id);
        }

        await AskAsync().WaitAsync(cancellation).ConfigureAwait(false);
        return Known(id);
    }

    // One question at a time, whose answer is everybody's.
    private Task AskAsync()
    {
        lock (_lock)
        {
            if (_asking is null || (_asking.IsCompleted && _clock.GetElapsedTime(_askedAt) >= AskInterval))
            {
                _askedAt = _clock.GetTimestamp();
                _asking = FetchAsync();
            }

            return _asking;
        }
    }

    private async Task FetchAsync()
    {
        try
        {
            _told = [.. new JsonWebKeySet(await _client!.GetStringAsync(_url).ConfigureAwait(false)).GetSigningKeys()];
        }
        catch (Exception failure) when (failure is ArgumentException or OperationCanceledException)
        {
            throw new HttpRequestException($"the keys at {_url} cannot be read: {failure.Message}", failure);
        }
    }

    private IReadOnlyList<SecurityKey> Known(string? id) =>
        string.IsNullOrEmpty(id) ? [.. _configured.Values, .. _told]
        : _configured.TryGetValue(id, out var configured) ? [configured]
        : [.. _told.Where(key => key.KeyId == id)];

    private static AsymmetricSecurityKey Load(string id, string file)
    {
        try
        {
            var pem = File.ReadAllText(file);
            if (pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
            {
                return new X509SecurityKey(X509Certificate2.CreateFromPem(pem), id);
            }

            try
            {
                var rsa = RSA.Create();
                rsa.ImportFromPem(pem);
                return new RsaSecurityKey(rsa) { KeyId = id };
            }
            catch (CryptographicException)
            {
                var curve = ECDsa.Create();
                curve.ImportFromPem(pem);
                return new ECDsaSecurityKey(curve) { KeyId = id };
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new StartupException($"actorbroker.login.oauth.signing-keys: {file}: {failure.Message}", failure);
        }
    }
}

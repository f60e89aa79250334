using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Contracts.Tls;

/// <summary>
/// What the node shows clients in TLS handshakes, and asks of them. Files that have changed are read again without a
/// restart: looked at by a handshake, once in <see cref="CheckInterval"/> at most. While what they hold cannot be used, what
/// was read last stays in force. For use by any thread.
/// </summary>
public sealed class ServerCertificates
{
    /// <summary>How long a change may go unnoticed.</summary>
    public static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private const string Section = "actorbroker.tls";

    private readonly Lock _reading = new();
    private readonly TlsOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<string> _onTrouble;
    private readonly string[] _files;
    private volatile Loaded _loaded;
    private long _checkedAt;

    /// <param name="options">Where the certificates are, and what else is asked for.</param>
    /// <param name="clock">Elapsed time.</param>
    /// <param name="onTrouble">Told in one line, once a change, that changed files cannot be used; on any thread.</param>
    /// <exception cref="StartupException">There is no certificate, or a file cannot be used; the message names its key.</exception>
    public ServerCertificates(TlsOptions options, TimeProvider clock, Action<string> onTrouble)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        _options = options;
        _clock = clock;
        _onTrouble = onTrouble;
        _files =
        [
            .. options.ServerNames.Values.Append(options.Certificate).OfType<CertificateFiles>()
                .SelectMany(static files => new[] { files.Certificate, files.Key }).Append(options.Authority).OfType<string>(),
        ];
        _checkedAt = clock.GetTimestamp();
        _loaded = Load(Stamp());
    }

    /// <summary>From accept to the end of the handshake.</summary>
    public TimeSpan HandshakeTimeout => _options.HandshakeTimeout;

    /// <summary>What a handshake goes by.</summary>
    /// <param name="serverName">The name that the client asks for; null or empty for none.</param>
    public SslServerAuthenticationOptions For(string? serverName)
    {
        if (_clock.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= CheckInterval && _reading.TryEnter())
        {
            try
            {
                Renew();
            }
            finally
            {
                _reading.Exit();
            }
        }

        var loaded = _loaded;
        return serverName is { Length: > 0 } && (loaded.Named.TryGetValue(serverName, out var named) || loaded.Named.TryGetValue(WildcardOf(serverName), out named))
            ? named
            : loaded.Default;
    }

    // RFC 6125 §6.4.3: a star stands for the whole first label, and for no more than one.
    private static string WildcardOf(string serverName) =>
        serverName.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? $"*{serverName[dot..]}" : string.Empty;

    private void Renew()
    {
        Volatile.Write(ref _checkedAt, _clock.GetTimestamp());
        var stamp = Stamp();
        if (stamp.SequenceEqual(_loaded.Stamp))
        {
            return;
        }

        try
        {
            _loaded = Load(stamp);
        }
        catch (StartupException failure)
        {
            // One warning a change: what is half written now is looked at again when it is whole.
            _loaded = _loaded with { Stamp = stamp };
            _onTrouble($"TLS goes on with the certificates read before: {failure.Message}");
        }
    }

    private (DateTime WrittenAt, long Length)[] Stamp() =>
        [.. _files.Select(static name => new FileInfo(name) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default)];

    private Loaded Load((DateTime WrittenAt, long Length)[] stamp)
    {
        var clients = _options.Authority is { } authority ? CertificateLoader.LoadAll(authority, $"{Section}.ca") : null;
        var named = _options.ServerNames.ToDictionary(
            static name => name.Key, name => For(name.Value, clients), StringComparer.OrdinalIgnoreCase);
        return new Loaded(
            stamp,
            _options.Certificate is { } files
                ? For(files, clients)
                : throw SettingReader.Expected($"{Section}.certificate", "\"\"", "the name of a file, as a listener with TLS is on"),
            named);
    }

    private SslServerAuthenticationOptions For(CertificateFiles files, X509Certificate2Collection? clients)
    {
        var certificate = CertificateLoader.Load(files, Section);
        var between = CertificateLoader.LoadOthers(files, Section);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, between, offline: true),
            EnabledSslProtocols = _options.Versions,
            CipherSuitesPolicy = CipherSuites(),
            AllowRenegotiation = false,
        };
        if (clients is not null)
        {
            AskForCertificate(options, clients);
        }

        return options;
    }

    private void AskForCertificate(SslServerAuthenticationOptions options, X509Certificate2Collection authority)
    {
        var mustHave = _options.RequiresClientCertificate;
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(authority);
        options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            errors == SslPolicyErrors.None || (certificate is null && !mustHave);
    }

    private CipherSuitesPolicy? CipherSuites()
    {
        if (_options.CipherSuites.Count == 0)
        {
            return null;
        }

        if (OperatingSystem.IsWindows() || OperatingSystem.IsAndroid())
        {
            throw new StartupException($"{Section}.ciphers: this platform chooses by itself");
        }

        return new CipherSuitesPolicy(_options.CipherSuites);
    }

    private sealed record Loaded(
        (DateTime WrittenAt, long Length)[] Stamp,
        SslServerAuthenticationOptions Default,
        IReadOnlyDictionary<string, SslServerAuthenticationOptions> Named);
}

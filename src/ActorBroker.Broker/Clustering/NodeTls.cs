using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Options;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace ActorBroker.Broker.Clustering;

/// <summary>
/// TLS of Akka.Remote with certificates on both sides (<see cref="ClusterTlsOptions"/>). Akka's own check trusts what the
/// machine trusts, any public authority among it; here a peer is accepted by the cluster's authority alone.
/// </summary>
public static class NodeTls
{
    /// <summary>What an actor system starts with, beside <c>akka.remote.dot-netty.tcp.enable-ssl = on</c>; null where there is no TLS.</summary>
    /// <exception cref="StartupException">A file cannot be read or is not what it should be.</exception>
    public static DotNettySslSetup? SetupOf(ClusterTlsOptions? options)
    {
        if (options is null)
        {
            return null;
        }

        var authority = new X509Certificate2Collection();
        Load(options.Authority, "ca", file => authority.ImportFromPemFile(file));
        if (authority.Count == 0)
        {
            throw SettingReader.Expected("actorbroker.cluster.tls.ca", options.Authority, "a PEM file with a certificate");
        }

        var certificate = Load(options.Certificate, "certificate", file => Certificate(file, options));
        return new DotNettySslSetup(
            certificate,
            suppressValidation: false,
            requireMutualAuthentication: true,
            (peer, _, remote, _, log) => IsSignedBy(authority, peer, remote, log));
    }

    private static bool IsSignedBy(X509Certificate2Collection authority, X509Certificate2? peer, string remote, ILoggingAdapter log)
    {
        if (peer is null)
        {
            log.Warning("{0} shows no certificate and is refused", remote);
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (chain.Build(peer))
        {
            return true;
        }

        log.Warning(
            "{0} shows the certificate '{1}' and is refused: {2}",
            remote, peer.Subject, string.Join("; ", chain.ChainStatus.Select(static status => status.StatusInformation.Trim())));
        return false;
    }

    private static X509Certificate2 Certificate(string file, ClusterTlsOptions options)
    {
        if (options.Key is null)
        {
            return X509CertificateLoader.LoadPkcs12FromFile(file, options.Password);
        }

        using var certificate = options.Password is null
            ? X509Certificate2.CreateFromPemFile(file, options.Key)
            : X509Certificate2.CreateFromEncryptedPemFile(file, options.Password, options.Key);

        // Not every platform's TLS takes a key that was never in a store.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private static T Load<T>(string file, string key, Func<string, T> load)
    {
        try
        {
            return load(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartupException($"actorbroker.cluster.tls.{key} = {file}: {failure.Message}", failure);
        }
    }

    private static void Load(string file, string key, Action<string> load) =>
        Load(file, key, path =>
        {
            load(path);
            return true;
        });
}

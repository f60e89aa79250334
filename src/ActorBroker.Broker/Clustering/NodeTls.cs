using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
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

        var authority = CertificateLoader.LoadAll(options.Authority, "actorbroker.cluster.tls.ca");
        var certificate = CertificateLoader.Load(
            new CertificateFiles(options.Certificate, options.Key, options.Password), "actorbroker.cluster.tls");
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
}

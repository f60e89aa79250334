using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorBroker.CommandLine.Api;

/// <summary>Whom a client of the API takes for the broker, and what it shows itself.</summary>
internal static class ServerTrust
{
    /// <summary>How to connect.</summary>
    /// <exception cref="FormatException">The file of authorities cannot be read.</exception>
    public static SocketsHttpHandler HandlerOf(ManagementEndpoint endpoint)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.All,
            UseCookies = false,
            UseProxy = !endpoint.Address.IsLoopback,
        };
        if (endpoint.AcceptsAnyCertificate)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        }
        else if (endpoint.AuthorityFile is { } file)
        {
            handler.SslOptions.CertificateChainPolicy = PolicyOf(file);
        }

        if (endpoint.CertificateFile is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [CertificateOf(certificate, endpoint.KeyFile)];
        }

        return handler;
    }

    private static X509Certificate2 CertificateOf(string file, string? keyFile)
    {
        try
        {
            // Some platforms take no key that was never in a store of theirs.
            using var read = X509Certificate2.CreateFromPemFile(file, keyFile);
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"cannot read the certificate in {file}, or its key: {failure.Message}", failure);
        }
    }

    private static X509ChainPolicy PolicyOf(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"cannot read the certificates in {file}: {failure.Message}", failure);
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new FormatException($"{file} holds no certificate");
    }
}

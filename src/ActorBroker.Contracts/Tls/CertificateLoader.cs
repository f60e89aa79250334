using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Options;

namespace ActorBroker.Contracts.Tls;

/// <summary>Reads certificates from the files that settings name.</summary>
public static class CertificateLoader
{
    /// <summary>A certificate with its private key.</summary>
    /// <param name="files">Where it is.</param>
    /// <param name="section">Path of the section that names them, for errors.</param>
    /// <exception cref="StartupException">A file cannot be read or is not what it should be; the message names its key.</exception>
    public static X509Certificate2 Load(CertificateFiles files, string section)
    {
        ArgumentNullException.ThrowIfNull(files);
        return Guarded($"{section}.certificate", files.Certificate, () => Load(files));
    }

    /// <summary>The certificates in a PEM file, at least one.</summary>
    /// <param name="file">Its name.</param>
    /// <param name="key">Whole path of the setting that names it, for errors.</param>
    /// <exception cref="StartupException">The file cannot be read or has no certificate; the message names the key.</exception>
    public static X509Certificate2Collection LoadAll(string file, string key)
    {
        var certificates = new X509Certificate2Collection();
        Guarded(key, file, () =>
        {
            certificates.ImportFromPemFile(file);
            return true;
        });
        return certificates.Count > 0 ? certificates : throw SettingReader.Expected(key, file, "a PEM file with a certificate");
    }

    /// <summary>The certificates that a file holds beside the one with the key: those between it and its authority.</summary>
    /// <exception cref="StartupException">As for <see cref="Load(CertificateFiles, string)"/>.</exception>
    public static X509Certificate2Collection LoadOthers(CertificateFiles files, string section)
    {
        ArgumentNullException.ThrowIfNull(files);
        var others = Guarded($"{section}.certificate", files.Certificate, () =>
        {
            if (IsPkcs12(files.Certificate))
            {
                return X509CertificateLoader.LoadPkcs12CollectionFromFile(files.Certificate, files.Password);
            }

            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(files.Certificate);
            return all;
        });
        others.RemoveAt(0);
        return others;
    }

    private static bool IsPkcs12(string file) => X509Certificate2.GetCertContentType(file) == X509ContentType.Pkcs12;

    private static X509Certificate2 Load(CertificateFiles files)
    {
        if (files.Key is null && IsPkcs12(files.Certificate))
        {
            return X509CertificateLoader.LoadPkcs12FromFile(files.Certificate, files.Password);
        }

        using var certificate = files.Password is null
            ? X509Certificate2.CreateFromPemFile(files.Certificate, files.Key)
            : X509Certificate2.CreateFromEncryptedPemFile(files.Certificate, files.Password, files.Key);

        // Not every platform's TLS takes a key that was never in a store.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }

    private static T Guarded<T>(string key, string file, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartupException($"{key} = {file}: {failure.Message}", failure);
        }
    }
}

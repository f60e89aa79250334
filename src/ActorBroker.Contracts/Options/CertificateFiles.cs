namespace ActorBroker.Contracts.Options;

/// <summary>Where a certificate and its private key are.</summary>
/// <param name="Certificate">File of the certificate: PEM, followed by those between it and its authority, or PKCS #12 with its key.</param>
/// <param name="Key">PEM file of its private key; null where <paramref name="Certificate"/> has it.</param>
/// <param name="Password">Of the key or the PKCS #12 file; null for none.</param>
public sealed record CertificateFiles(string Certificate, string? Key, string? Password)
{
    /// <summary>Reads <c>certificate</c>, <c>key</c> and <c>password</c> below a section; null where no certificate is named.</summary>
    public static CertificateFiles? Read(SettingReader settings, string section)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var certificate = settings.TextIfAny($"{section}.certificate");
        var key = settings.TextIfAny($"{section}.key");
        var password = settings.TextIfAny($"{section}.password");
        return certificate is null ? null : new CertificateFiles(certificate, key, password);
    }

    // Records print their members; a password must not reach a log that way.
    /// <inheritdoc/>
    public override string ToString() => Certificate;
}

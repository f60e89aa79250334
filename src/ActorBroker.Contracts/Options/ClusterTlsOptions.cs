namespace ActorBroker.Contracts.Options;

/// <summary>TLS between nodes: each shows a certificate, and accepts those of one authority.</summary>
/// <param name="Certificate">File of this node's certificate: PEM, or PKCS #12 with its key.</param>
/// <param name="Key">PEM file of its private key; null where <paramref name="Certificate"/> has it.</param>
/// <param name="Password">Of the key or the PKCS #12 file; null for none.</param>
/// <param name="Authority">PEM file of the certificates, one or more, that sign those of nodes, and of nobody else.</param>
public sealed record ClusterTlsOptions(string Certificate, string? Key, string? Password, string Authority)
{
    /// <summary>Null where nodes talk in the clear.</summary>
    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static ClusterTlsOptions? Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var isOn = settings.Switch("actorbroker.cluster.tls.enabled");
        var certificate = settings.TextIfAny("actorbroker.cluster.tls.certificate");
        var key = settings.TextIfAny("actorbroker.cluster.tls.key");
        var password = settings.TextIfAny("actorbroker.cluster.tls.password");
        var authority = settings.TextIfAny("actorbroker.cluster.tls.ca");
        return isOn ? new ClusterTlsOptions(
            certificate ?? throw Missing("actorbroker.cluster.tls.certificate"), key, password, authority ?? throw Missing("actorbroker.cluster.tls.ca")) : null;
    }

    private static StartupException Missing(string key) => SettingReader.Expected(key, "\"\"", "the name of a file, as actorbroker.cluster.tls.enabled is on");

    // Records print their members; a password must not reach a log that way.
    /// <inheritdoc/>
    public override string ToString() => $"{Certificate}, signed by {Authority}";
}

namespace ActorBroker.Contracts.Options;

/// <summary>How clients say who they are, and who is asked whether it is so.</summary>
/// <param name="Mechanisms">SASL mechanisms that are offered, in this order.</param>
/// <param name="CertificateLogin">What of a client's certificate is the user's name, for EXTERNAL.</param>
/// <param name="AnonymousUser">Whom a client is taken for that comes by ANONYMOUS; null where that is not offered.</param>
/// <param name="Backends">Who is asked, in this order, until one lets the client in.</param>
/// <param name="OAuth">Null where no token is taken.</param>
/// <param name="Http">Null where no HTTP service is asked.</param>
public sealed record LoginOptions(
    IReadOnlyList<string> Mechanisms, CertificateLogin CertificateLogin, string? AnonymousUser, IReadOnlyList<LoginBackend> Backends,
    OAuthOptions? OAuth, HttpLoginOptions? Http)
{
    /// <summary>Logins are counted by address and user, too.</summary>
    public bool TracksSources { get; init; }

    /// <summary>By the client's certificate (RFC 4422, appendix A).</summary>
    public const string External = "EXTERNAL";

    /// <summary>By nothing (RFC 4505).</summary>
    public const string Anonymous = "ANONYMOUS";

    private const string Section = "actorbroker.login";

    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static LoginOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        IReadOnlyList<string> mechanisms = [.. settings.Texts($"{Section}.mechanisms").Select(ReadMechanism)];
        IReadOnlyList<LoginBackend> backends = [.. settings.Texts($"{Section}.backends").Select(ReadBackend)];
        var anonymous = settings.TextIfAny($"{Section}.anonymous-user");
        if (mechanisms.Count == 0 || backends.Count == 0)
        {
            throw SettingReader.Expected(mechanisms.Count == 0 ? $"{Section}.mechanisms" : $"{Section}.backends", "[]", "one at least");
        }

        if (mechanisms.Contains(Anonymous) && anonymous is null)
        {
            throw SettingReader.Expected($"{Section}.anonymous-user", "\"\"", "a user's name, as ANONYMOUS is among the mechanisms");
        }

        return new LoginOptions(
            mechanisms,
            settings.OneOf(
                $"{Section}.certificate-user",
                ("distinguished-name", CertificateLogin.DistinguishedName), ("common-name", CertificateLogin.CommonName),
                ("dns", CertificateLogin.DnsName), ("email", CertificateLogin.Email), ("uri", CertificateLogin.Uri)),
            anonymous,
            backends,
            OAuthOptions.Read(settings, backends.Contains(LoginBackend.OAuth)),
            HttpLoginOptions.Read(settings, backends.Contains(LoginBackend.Http)))
        {
            TracksSources = settings.Switch($"{Section}.track-sources"),
        };
    }

    private static string ReadMechanism(string name) => name is "PLAIN" or "AMQPLAIN" or External or Anonymous
        ? name
        : throw SettingReader.Expected($"{Section}.mechanisms", name, "some of PLAIN, AMQPLAIN, EXTERNAL, ANONYMOUS");

    private static LoginBackend ReadBackend(string name) => name switch
    {
        "internal" => LoginBackend.Internal,
        "oauth" => LoginBackend.OAuth,
        "http" => LoginBackend.Http,
        _ => throw SettingReader.Expected($"{Section}.backends", name, "some of internal, oauth, http"),
    };
}

/// <summary>Who can be asked whether a client is who it says.</summary>
public enum LoginBackend
{
    /// <summary>The users that the broker keeps.</summary>
    Internal,

    /// <summary>Whoever signs tokens.</summary>
    OAuth,

    /// <summary>A service that is asked by HTTP.</summary>
    Http,
}

/// <summary>What of a certificate is its user's name.</summary>
public enum CertificateLogin
{
    /// <summary>The whole subject.</summary>
    DistinguishedName,

    /// <summary>The subject's common name.</summary>
    CommonName,

    /// <summary>The first alternative name that is a host's.</summary>
    DnsName,

    /// <summary>The first alternative name that is an address of mail.</summary>
    Email,

    /// <summary>The first alternative name that is a URI.</summary>
    Uri,
}

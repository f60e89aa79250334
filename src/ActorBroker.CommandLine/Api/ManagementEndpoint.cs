namespace ActorBroker.CommandLine.Api;

/// <summary>Where the management API is, and as whom it is asked.</summary>
/// <param name="Address">What stands before <c>/api/</c>: scheme, host and port, and the path of a proxy if there is one.</param>
/// <param name="User">The user.</param>
/// <param name="Password">Its password.</param>
public sealed record ManagementEndpoint(Uri Address, string User, string Password)
{
    /// <summary>Where a broker on this machine serves it.</summary>
    public const string DefaultAddress = "http://localhost:15672";

    /// <summary>The port that a host alone is asked at.</summary>
    public const int DefaultPort = 15672;

    /// <summary>The user of a broker that was told of none, and its password; let in from the same machine only.</summary>
    public const string DefaultUser = "guest";

    /// <summary>PEM file of certificate authorities to trust instead of the machine's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>PEM file of the certificate to show, for brokers that ask for one.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of its private key; null where the certificate's file holds it.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Whoever answers is believed to be the broker: for tests.</summary>
    public bool AcceptsAnyCertificate { get; init; }

    /// <summary>How long an answer may take to begin.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads <c>http[s]://[user[:password]@]host[:port][/path]</c>, or a host with or without its port alone.</summary>
    /// <returns>The address without user and password, and these where they are given, decoded.</returns>
    /// <exception cref="FormatException">What is wrong with it, in one line.</exception>
    public static (Uri Address, string? User, string? Password) Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isWhole = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(isWhole ? text : "http://" + text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            throw new FormatException($"'{text}' is not the address of a management API, such as {DefaultAddress}");
        }

        var builder = new UriBuilder(uri) { UserName = "", Password = "", Query = "", Fragment = "" };
        if (!isWhole && !NamesPort(text))
        {
            builder.Port = DefaultPort;
        }

        if (uri.UserInfo.Length == 0)
        {
            return (builder.Uri, null, null);
        }

        var parts = uri.UserInfo.Split(':', 2);
        return (builder.Uri, Uri.UnescapeDataString(parts[0]), parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : null);
    }

    private static bool NamesPort(string hostAndMore)
    {
        var authority = hostAndMore.Split('/', '?', '#')[0];
        var host = authority[(authority.LastIndexOf('@') + 1)..];
        return host.LastIndexOf(':') > host.LastIndexOf(']');
    }
}

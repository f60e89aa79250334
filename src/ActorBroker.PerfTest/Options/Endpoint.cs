namespace ActorBroker.PerfTest.Options;

/// <summary>Where the broker is and as whom to connect.</summary>
internal sealed record Endpoint(string Host, int Port, string User, string Password, string VirtualHost)
{
    public const int DefaultPort = 5672;

    public static Endpoint Default { get; } = new("localhost", DefaultPort, "guest", "guest", "/");

    /// <summary>
    /// Reads <c>amqp://user:password@host:port/vhost</c>, each part but the scheme and host optional and percent-encoded.
    /// </summary>
    /// <exception cref="FormatException">What is wrong with the text, in one line.</exception>
    public static Endpoint Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || string.IsNullOrEmpty(uri.Host))
            throw new FormatException($"'{text}' is not a URI of the form amqp://user:password@host:port/vhost");
        if (uri.Scheme != "amqp")
            throw new FormatException($"the scheme '{uri.Scheme}' is not supported, only amqp is");
        if (uri.Segments.Length > 2)
            throw new FormatException($"a '/' in the virtual host of '{text}' must be written as %2F");

        var (user, password) = (Default.User, Default.Password);
        if (uri.UserInfo.Length > 0)
        {
            var parts = uri.UserInfo.Split(':', 2);
            user = Uri.UnescapeDataString(parts[0]);
            password = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "";
        }

        var virtualHost = uri.Segments.Length == 2 ? Uri.UnescapeDataString(uri.Segments[1]) : Default.VirtualHost;
        return new Endpoint(uri.DnsSafeHost, uri.Port < 0 ? DefaultPort : uri.Port, user, password, virtualHost);
    }
}

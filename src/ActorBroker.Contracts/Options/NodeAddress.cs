using System.Globalization;
using System.Net;

namespace ActorBroker.Contracts.Options;

/// <summary>Where a node of the cluster is reached by the others.</summary>
/// <param name="Host">A host name or an IP address, without brackets.</param>
/// <param name="Port">Its port for nodes, from 1 on.</param>
public readonly record struct NodeAddress(string Host, int Port)
{
    private const string Form = "HOST:PORT, such as broker-1:25672 or [::1]:25672";

    /// <summary>Reads <c>HOST:PORT</c>, an IPv6 address in brackets.</summary>
    /// <exception cref="StartupException">It is something else; the message names <paramref name="key"/>.</exception>
    public static NodeAddress Parse(string key, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? string.Empty : text[..colon];
        if (host is ['[', .. var address, ']'])
        {
            host = IPAddress.TryParse(address, out _) ? address : string.Empty;
        }
        else if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
        {
            host = string.Empty;
        }

        return host.Length > 0
               && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
               && port is > 0 and <= IPEndPoint.MaxPort
            ? new NodeAddress(host, port)
            : throw SettingReader.Expected(key, text, Form);
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

using System.Net;
using ActorBroker.Core.Access;

namespace ActorBroker.Connections.Logins;

/// <summary>
/// What a scope of a token allows: <c>read:VHOST/NAME</c> or <c>read:VHOST/NAME/ROUTING-KEY</c>, write and configure alike.
/// Each part is a pattern in which <c>*</c> stands for any text, and <c>%2F</c> and the like for a character (RabbitMQ).
/// </summary>
public sealed class TokenScope
{
    private readonly string[] _virtualHost;
    private readonly string[] _name;
    private readonly string[]? _routingKey;

    private TokenScope(AccessRight right, string[] parts)
    {
        Right = right;
        _virtualHost = Pattern(parts[0]);
        _name = Pattern(parts[1]);
        _routingKey = parts.Length > 2 ? Pattern(parts[2]) : null;
    }

    /// <summary>What it is a right to.</summary>
    public AccessRight Right { get; }

    /// <summary>Null where the text is no such scope.</summary>
    public static TokenScope? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        AccessRight? right = colon < 0 ? null : text[..colon] switch
        {
            "configure" => AccessRight.Configure,
            "write" => AccessRight.Write,
            "read" => AccessRight.Read,
            _ => null,
        };
        var parts = text[(colon + 1)..].Split('/');
        return right is { } known && parts.Length is (2 or 3) ? new TokenScope(known, parts) : null;
    }

    /// <summary>It allows something in the virtual host.</summary>
    public bool IsFor(string virtualHost) => Matches(_virtualHost, virtualHost);

    /// <summary>It allows this.</summary>
    public bool Allows(in ResourceAccess access) => Right == access.Right && IsFor(access.VirtualHost) && Matches(_name, access.Name);

    /// <summary>It allows this routing key; a scope without one says nothing about any.</summary>
    public bool Allows(in TopicAccess access) =>
        _routingKey is not null && Right == access.Right && IsFor(access.VirtualHost) && Matches(_name, access.Exchange)
        && Matches(_routingKey, access.RoutingKey);

    private static string[] Pattern(string text) => [.. text.Split('*').Select(WebUtility.UrlDecode).OfType<string>()];

    // The pieces in their order, the first at the beginning and the last at the end; each piece in between is best taken where it comes first.
    private static bool Matches(string[] pieces, string text)
    {
        if (pieces.Length == 1)
        {
            return text == pieces[0];
        }

        var (first, last) = (pieces[0], pieces[^1]);
        if (text.Length < first.Length + last.Length
            || !text.StartsWith(first, StringComparison.Ordinal) || !text.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = text.AsSpan(first.Length, text.Length - first.Length - last.Length);
        foreach (var piece in pieces.AsSpan(1, pieces.Length - 2))
        {
            var at = rest.IndexOf(piece, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            rest = rest[(at + piece.Length)..];
        }

        return true;
    }
}

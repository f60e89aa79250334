using System.Text;

namespace ActorBroker.Management.Http;

/// <summary>The user name and password of a request's <c>Authorization: Basic</c> (RFC 7617), in clear; never logged.</summary>
internal sealed record BasicCredentials(string User, string Password)
{
    private const string Scheme = "Basic ";
    private const string TokenScheme = "Bearer ";

    // More is no login: names and passwords are shorter.
    private const int LengthMax = 8 * 1024;

    /// <summary>
    /// Reads the header's value; null when it is of another scheme, or cannot be read. A bearer's token (RFC 6750) is a
    /// password that says itself whose it is.
    /// </summary>
    public static BasicCredentials? Parse(string? header)
    {
        if (header is null || header.Length > LengthMax)
        {
            return null;
        }

        if (header.StartsWith(TokenScheme, StringComparison.OrdinalIgnoreCase))
        {
            return new BasicCredentials(string.Empty, header[TokenScheme.Length..].Trim());
        }

        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? ParseToken(header[Scheme.Length..].Trim()) : null;
    }

    /// <summary>Reads what follows the scheme; null when it cannot be read.</summary>
    public static BasicCredentials? ParseToken(string token)
    {
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var size))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, size);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new BasicCredentials(text[..colon], text[(colon + 1)..]);
    }

    /// <summary>Leaves the password out.</summary>
    public override string ToString() => $"BasicCredentials {{ User = {User} }}";
}

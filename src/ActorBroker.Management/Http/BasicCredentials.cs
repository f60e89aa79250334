using System.Text;

namespace ActorBroker.Management.Http;

/// <summary>
/// The user name and password of a request's <c>Authorization: Basic</c> (RFC 7617), in clear; never logged. Of
/// <c>Bearer</c> (RFC 6750) the token is the password, and says itself whose it is.
/// </summary>
internal sealed record BasicCredentials(string User, string Password)
{
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    // More is no login: names, passwords and tokens are shorter.
    private const int LengthMax = 16 * 1024;

    /// <summary>Reads the header's value; null when it is of neither scheme, or cannot be read.</summary>
    public static BasicCredentials? Parse(string? header) => header switch
    {
        null or { Length: > LengthMax } => null,
        _ when header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) => ParseToken(header[Basic.Length..].Trim()),
        _ when header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) => new BasicCredentials(string.Empty, header[Bearer.Length..].Trim()),
        _ => null,
    };

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

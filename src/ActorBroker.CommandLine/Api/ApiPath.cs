namespace ActorBroker.CommandLine.Api;

/// <summary>A resource of the API, and what is asked about it: names are percent-encoded whatever they hold.</summary>
public sealed class ApiPath
{
    private readonly string[] _parts;
    private readonly string _query;

    private ApiPath(string[] parts, string query) => (_parts, _query) = (parts, query);

    /// <summary>Its parts as they are, not encoded.</summary>
    public ReadOnlySpan<string> Parts => _parts;

    /// <summary>The resource with these parts, without the <c>/api/</c> that they all begin with.</summary>
    public static ApiPath Of(params ReadOnlySpan<string> parts) => new(parts.ToArray(), string.Empty);

    /// <summary>A part of this resource.</summary>
    public ApiPath Then(params ReadOnlySpan<string> parts) => new([.. _parts, .. parts], _query);

    /// <summary>The same, asked with a parameter; without a value it is not asked for.</summary>
    public ApiPath Where(string name, string? value) => value is null
        ? this
        : new ApiPath(_parts, $"{_query}{(_query.Length == 0 ? '?' : '&')}{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}");

    /// <summary>As it is sent, without a slash at its beginning.</summary>
    public override string ToString() => string.Join('/', _parts.Select(Encode)) + _query;

    // Dots alone would be steps in the path, however they are encoded, to those who tidy paths up; so ours are at least told apart.
    private static string Encode(string part) =>
        part is "." or ".." ? part.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(part);
}

namespace ActorBroker.Management.Http;

/// <summary>One operation of the API.</summary>
/// <param name="Method">GET, PUT, POST or DELETE; GET answers HEAD too.</param>
/// <param name="Template">Its path behind <c>/api/</c>, with values in braces: <c>queues/{vhost}/{queue}</c>.</param>
/// <param name="Access">Who may use it.</param>
/// <param name="Summary">What it does, in a sentence for the API's description.</param>
/// <param name="Handler">Does it.</param>
internal sealed record ApiRoute(string Method, string Template, ApiAccess Access, string Summary, Func<ApiRequest, Task> Handler)
{
    private static readonly string[] OfVirtualHosts = ["vhosts/", "permissions/", "topic-permissions/", "audit/"];

    /// <summary>The names of the values in the path, in order.</summary>
    public IEnumerable<string> ValueNames => Segments.Where(IsValue).Select(static segment => segment[1..^1]);

    /// <summary>The parts of the path.</summary>
    public string[] Segments { get; } = Template.Split('/');

    /// <summary>It makes no sense in a virtual host that is not there; the others say themselves what is missing.</summary>
    public bool IsWithinVirtualHost { get; } =
        Template.Contains("{vhost}", StringComparison.Ordinal) && !Array.Exists(OfVirtualHosts, start => Template.StartsWith(start, StringComparison.Ordinal));

    /// <summary>It is answered while the node is stopped, too.</summary>
    public bool IsForStoppedNode { get; init; }

    /// <summary>Whether a part of a path stands for a value.</summary>
    public static bool IsValue(string segment) => segment.StartsWith('{');
}

/// <summary>What an operation does, before it has a place.</summary>
internal static class ApiRoutes
{
    /// <summary>Reads.</summary>
    public static ApiRoute Get(string template, ApiAccess access, string summary, Func<ApiRequest, Task> handler) =>
        new("GET", template, access, summary, handler);

    /// <summary>Creates or replaces.</summary>
    public static ApiRoute Put(string template, ApiAccess access, string summary, Func<ApiRequest, Task> handler) =>
        new("PUT", template, access, summary, handler);

    /// <summary>Acts.</summary>
    public static ApiRoute Post(string template, ApiAccess access, string summary, Func<ApiRequest, Task> handler) =>
        new("POST", template, access, summary, handler);

    /// <summary>Removes.</summary>
    public static ApiRoute Delete(string template, ApiAccess access, string summary, Func<ApiRequest, Task> handler) =>
        new("DELETE", template, access, summary, handler);
}

using System.Diagnostics.CodeAnalysis;

namespace ActorBroker.Management.Http;

/// <summary>
/// Finds the operations of a path. Paths are matched by their parts as they were sent, decoded one by one: names may hold
/// slashes and percent signs, which a path that is decoded as a whole cannot tell from its own.
/// </summary>
internal sealed class RouteTable
{
    private readonly Node _root = new();

    public RouteTable(IEnumerable<ApiRoute> routes)
    {
        foreach (var route in routes)
        {
            Add(route);
        }
    }

    /// <summary>All operations, in the order of their paths' registration.</summary>
    public IReadOnlyList<ApiRoute> Routes => _routes;

    private readonly List<ApiRoute> _routes = [];

    /// <summary>What can be done with the path.</summary>
    /// <param name="segments">The decoded parts.</param>
    /// <param name="operations">By method.</param>
    public bool TryFind(IReadOnlyList<string> segments, [NotNullWhen(true)] out IReadOnlyDictionary<string, ApiRoute>? operations)
    {
        operations = Find(_root, segments, 0);
        return operations is not null;
    }

    /// <summary>The values that the path has for the operation.</summary>
    public static Dictionary<string, string> ValuesOf(ApiRoute route, IReadOnlyList<string> segments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < segments.Count; i++)
        {
            if (ApiRoute.IsValue(route.Segments[i]))
            {
                values.Add(route.Segments[i][1..^1], segments[i]);
            }
        }

        return values;
    }

    // A word of the API goes before a name that is written like it, as in RabbitMQ.
    private static IReadOnlyDictionary<string, ApiRoute>? Find(Node node, IReadOnlyList<string> segments, int index)
    {
        if (index == segments.Count)
        {
            return node.Operations;
        }

        return (node.Words.TryGetValue(segments[index], out var word) ? Find(word, segments, index + 1) : null)
            ?? (node.Value is { } value ? Find(value, segments, index + 1) : null);
    }

    private void Add(ApiRoute route)
    {
        var node = _root;
        foreach (var segment in route.Segments)
        {
            if (ApiRoute.IsValue(segment))
            {
                node = node.Value ??= new Node();
            }
            else if (node.Words.TryGetValue(segment, out var next))
            {
                node = next;
            }
            else
            {
                node = node.Words[segment] = new Node();
            }
        }

        (node.Operations ??= new Dictionary<string, ApiRoute>(StringComparer.Ordinal)).Add(route.Method, route);
        _routes.Add(route);
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Words { get; } = new(StringComparer.Ordinal);

        public Node? Value { get; set; }

        public Dictionary<string, ApiRoute>? Operations { get; set; }
    }
}

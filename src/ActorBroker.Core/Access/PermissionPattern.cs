using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using ActorBroker.Core.Names;

namespace ActorBroker.Core.Access;

/// <summary>
/// Regular expressions of permissions, compiled: few different ones are in use at a time. An empty one matches no name
/// but the empty one, and one that cannot be read matches none. For any thread.
/// </summary>
public static partial class PermissionPattern
{
    // Expressions with variables give one for each user; beyond this many all are compiled anew.
    private const int KeptMax = 10_000;

    private static readonly ConcurrentDictionary<string, NamePattern?> Compiled = new(StringComparer.Ordinal);

    /// <summary>Does the expression of a permission match the name?</summary>
    public static bool IsMatch(string expression, string name)
    {
        ArgumentNullException.ThrowIfNull(expression);
        ArgumentNullException.ThrowIfNull(name);
        return expression.Length == 0 ? name.Length == 0 : Compile(expression)?.IsMatch(name) == true;
    }

    /// <summary>Does the expression of a topic permission match the routing key, once its variables stand for what they say?</summary>
    public static bool IsMatch(string expression, string user, in TopicAccess access)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return IsMatch(
            expression.Contains('{', StringComparison.Ordinal) ? Expand(expression, user, access.VirtualHost, access.ClientId) : expression,
            access.RoutingKey);
    }

    // At once, so that nothing in a user's name is taken for a variable.
    private static string Expand(string expression, string user, string virtualHost, string? clientId) =>
        Variables().Replace(expression, variable => variable.Value switch
        {
            "{username}" => Regex.Escape(user),
            "{vhost}" => Regex.Escape(virtualHost),
            _ => clientId is null ? variable.Value : Regex.Escape(clientId),
        });

    [GeneratedRegex(@"\{(username|vhost|client_id)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variables();

    private static NamePattern? Compile(string expression)
    {
        if (Compiled.TryGetValue(expression, out var known))
        {
            return known;
        }

        if (Compiled.Count >= KeptMax)
        {
            Compiled.Clear();
        }

        var compiled = NamePattern.TryParse(expression, out var pattern, out _) ? pattern : null;
        Compiled.TryAdd(expression, compiled);
        return compiled;
    }
}

using System.Globalization;
using System.Text;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>
/// Requests to the operations that the API says it has. Most name what is there and carry a body that the operation asks for, so
/// that they get as far as what it does; the rest has names, queries, headers and bodies of all kinds. None takes away what the
/// others need: the user who asks, with its sessions, and the virtual host that they are in.
/// </summary>
/// <param name="random">The same numbers make the same requests.</param>
/// <param name="operations">Method and path of each, values in braces.</param>
internal sealed class FuzzedRequests(Random random, IReadOnlyList<(string Method, string Path)> operations)
{
    /// <summary>The virtual host that is changed and deleted; all else goes on in <c>v</c>.</summary>
    private const string Expendable = "w";

    private static readonly string[] Names =
    [
        "a", "b", "%2F", "v", "", "%00", "..", "%2e%2e", "%", "%zz", "%ff%fe", "%c3%a4", "a%2Fb", "amq.topic", "amq.default", "amq.gen", "q%20q", "0",
        "-1", "5672", "days", "~", "null", "undefined", "%7B%7D", "%22", "'", "a.b.c", "%F0%9F%90%87", "operator_policy", "vhost-limits", "max-queues",
        "cluster_name", new string('x', 255), new string('x', 300), new string('y', 3_000),
    ];

    private static readonly string[] Queries =
    [
        "page=1&page_size=1", "page=0", "page=-5&page_size=99999999999", "page=1&page_size=501", "page=x", "name=a&use_regex=true&page=1",
        "page=1&use_regex=true&name=(((((a*)*)*)*)*)%2B$", "page=1&use_regex=true&name=(?<=a)b%5B", "sort=name", "sort=message_stats.publish_details.rate&sort_reverse=true",
        "sort=", "columns=name,vhost", "columns=.,..,,a.b.c.d", "msg_rates_age=60&msg_rates_incr=5", "lengths_age=1&lengths_incr=0",
        "data_rates_age=999999999&data_rates_incr=1", "msg_rates_age=-1&msg_rates_incr=x", "if-unused=true", "if-empty=true&if-unused=maybe", "download=%0d%0aX:1", "auth=YTpi",
        "%", "=&&=", "disable_stats=true&enable_queue_totals=true", "from=last&start=5&count=10", "from=time&start=99999999999999999999",
        "from=position&start=2&until_position=4&routing_key=%23&header.h=1", "text=p&body_bytes=1", "since=2020-01-01&order=asc", "kind=queue&action=created&count=3",
        "mode=delete", "value=1;2", "vhost=v", "sort=value", "sort=arguments", "sort=definition.max-length", "dead_letter=true",
        "family=queue_metrics&family=channel_metrics&vhost=v", "family=queue_coarse_metrics&family=nothing&vhost=", "family=connection_metrics",
    ];

    // By the names of values in paths: what may be there.
    private static readonly Dictionary<string, string[]> Usual = new()
    {
        ["vhost"] = ["v", "v", "v", "v", "v", "v", "%2F"],
        ["queue"] = ["q", "q", "r", "s", "q2"],
        ["exchange"] = ["amq.topic", "x", "amq.default", "amq.headers"],
        ["source"] = ["amq.topic", "x"],
        ["dtype"] = ["q", "q", "e"],
        ["destination"] = ["q", "x"],
        ["props"] = ["k", "~", "d"],
        ["user"] = ["a", "a", "b"],
        ["username"] = ["client", "a"],
        ["component"] = ["operator_policy", "operator_policy", "vhost-limits"],
        ["name"] = ["p", "o", "g", "limits"],
        ["position"] = ["0", "1", "2", "5", "20"],
        ["replay"] = ["replay", "other"],
        ["protocol"] = ["amqp", "http", "mqtt"],
        ["within"] = ["1", "2"],
        ["unit"] = ["days", "months"],
        ["pattern"] = [".*", "%5Eq"],
        ["password"] = ["secret"],
        ["filter"] = ["queues", "connection_created"],
    };

    private readonly FuzzedBodies _bodies = new(random);

    /// <summary>What says who asks, for an administrator.</summary>
    public required string Authorization { get; init; }

    /// <summary>The node's name, percent-encoded.</summary>
    public required string Node { get; init; }

    /// <summary>Name of a connection that is there, percent-encoded.</summary>
    public required Func<string> Connection { get; init; }

    /// <summary>A request that is well-formed HTTP.</summary>
    public FuzzedRequest Next()
    {
        var (method, template) = operations[random.Next(operations.Count)];
        method = random.Next(200) switch { 0 => "HEAD", 1 => "OPTIONS", 2 => "PATCH", 3 => "DELETE", 4 => "PUT", 5 => "POST", _ => method };
        var body = method is "GET" or "HEAD" or "OPTIONS" or "DELETE" && random.Next(20) > 0 ? [] : _bodies.Next(template);
        var head = new StringBuilder($"{method} {Path(method, template)} HTTP/1.1\r\nHost: broker\r\n");
        AppendHeaders(head);
        if (body.Length == 0)
        {
            head.Append("Content-Length: 0\r\n\r\n");
            return new FuzzedRequest(method, template, Encoding.UTF8.GetBytes(head.ToString()));
        }

        if (random.Next(6) > 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
            return new FuzzedRequest(method, template, [.. Encoding.UTF8.GetBytes(head.ToString()), .. body]);
        }

        head.Append(CultureInfo.InvariantCulture, $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n");
        return new FuzzedRequest(method, template, [.. Encoding.UTF8.GetBytes(head.ToString()), .. body, .. "\r\n0\r\n\r\n"u8]);
    }

    private string Path(string method, string template)
    {
        var path = string.Join('/', template.Split('/').Select(part => part.StartsWith('{') ? Name(method, template, part[1..^1]) : part));
        return random.Next(4) == 0 ? $"{path}?{Any(Queries)}" : path;
    }

    private string Name(string method, string template, string value)
    {
        var isExpended = value == "vhost" && method != "GET"
            && (template.Contains("/vhosts/", StringComparison.Ordinal) || template.Contains("-limits/", StringComparison.Ordinal));
        if (random.Next(16) == 0)
        {
            var name = Any(Names);
            return isExpended && name is ("v" or "%2F") ? Expendable : name;
        }

        return value switch
        {
            "node" => Node,
            "connection" => Connection(),
            "channel" => $"{Connection()}%20(1)",
            "vhost" when isExpended => Expendable,
            "name" when template.Contains("vhost-limits", StringComparison.Ordinal) => random.Next(2) == 0 ? "max-queues" : "max-connections",
            "name" when template.Contains("user-limits", StringComparison.Ordinal) => random.Next(2) == 0 ? "max-channels" : "max-connections",
            _ => Any(Usual[value]),
        };
    }

    private string Any(string[] texts) => texts[random.Next(texts.Length)];

    // A password that is not known costs a slow hash, as it should: a few of these.
    private void AppendHeaders(StringBuilder head)
    {
        switch (random.Next(5_000))
        {
            case 0:
                head.Append("Authorization: Basic YTphYWFh\r\n");
                break;
            case < 50:
                break;
            case < 100:
                head.Append("Authorization: Basic ").Append('A', random.Next(1, 7_000)).Append("\r\n");
                break;
            case 100:
                head.Append("Authorization: Bearer e30.e30.\r\n");
                break;
            default:
                head.Append("Authorization: ").Append(Authorization).Append("\r\n");
                break;
        }

        switch (random.Next(30))
        {
            case 0:
                head.Append("Content-Type: multipart/form-data; boundary=x\r\n");
                break;
            case 1:
                head.Append("Content-Type: application/x-www-form-urlencoded\r\n");
                break;
            case 2:
                head.Append("Content-Encoding: gzip\r\nAccept-Encoding: gzip;q=2\r\n");
                break;
            case 3:
                head.Append("Origin: http://page\r\nAccess-Control-Request-Headers: x\r\n");
                break;
            case 4:
                head.Append("X-Reason: ").Append('r', random.Next(1, 2_000)).Append("\r\n");
                break;
            case 5:
                head.Append("If-None-Match: *\r\nRange: bytes=0-1\r\nAccept: */*;q=0\r\n");
                break;
        }
    }
}

/// <summary>A request, with its method and the path that it was made of.</summary>
internal sealed record FuzzedRequest(string Method, string Path, byte[] Bytes)
{
    /// <summary>Both.</summary>
    public string Operation => $"{Method} {Path}";
}

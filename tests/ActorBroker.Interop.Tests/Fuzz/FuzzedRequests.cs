using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>Requests to the operations that the API says it has, with names, queries and bodies of all kinds.</summary>
/// <param name="random">The same numbers make the same requests.</param>
/// <param name="operations">Method and path of each, values in braces.</param>
internal sealed class FuzzedRequests(Random random, IReadOnlyList<(string Method, string Path)> operations)
{
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
        "mode=delete", "value=1;2", "vhost=v",
    ];

    private static readonly string[] Members =
    [
        "name", "vhost", "source", "destination", "destination_type", "routing_key", "arguments", "properties", "payload", "payload_encoding", "count", "ackmode",
        "encoding", "truncate", "durable", "auto_delete", "internal", "type", "pattern", "definition", "priority", "apply-to", "value", "password",
        "password_hash", "hashing_algorithm", "tags", "configure", "write", "read", "exchange", "users", "queues", "bindings", "exchanges", "policies",
        "parameters", "global_parameters", "vhosts", "permissions", "action", "from", "start", "description", "default_queue_type", "tracing", "limits", "metadata",
        "x-max-length", "x-message-ttl", "x-queue-type", "headers", "delivery_mode", "expiration", "timestamp", "component", "ack_mode", "requeue", "messages",
    ];

    private static readonly string[] Texts =
    [
        "", "a", "v", "direct", "fanout", "x-delayed-message", "queue", "e", ".*", "(", "string", "base64", "AAAA", "####", "ack_requeue_true", "reject_requeue_false",
        "auto", "true", "stream", "quorum", "max-length", "ä€𐍈", "\u0000\u0001", "\\ud800", "2020-01-01", "1Y", "guest",
    ];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e308", "1e999", "0.1", "-0", "1E-400"];

    /// <summary>What says who asks, for an administrator.</summary>
    public required string Authorization { get; init; }

    /// <summary>A request that is well-formed HTTP, and its method.</summary>
    public (string Method, byte[] Bytes) Next()
    {
        var (method, template) = operations[random.Next(operations.Count)];
        method = random.Next(40) switch { 0 => "HEAD", 1 => "OPTIONS", 2 => "PATCH", 3 => "DELETE", 4 => "PUT", _ => method };
        var body = method is "GET" or "HEAD" or "OPTIONS" && random.Next(20) > 0 ? [] : Body();
        var head = new StringBuilder($"{method} {Path(template)} HTTP/1.1\r\nHost: broker\r\n");
        AppendHeaders(head);
        if (body.Length == 0)
        {
            head.Append("Content-Length: 0\r\n\r\n");
            return (method, Encoding.UTF8.GetBytes(head.ToString()));
        }

        if (random.Next(6) > 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
            return (method, [.. Encoding.UTF8.GetBytes(head.ToString()), .. body]);
        }

        head.Append(CultureInfo.InvariantCulture, $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n");
        return (method, [.. Encoding.UTF8.GetBytes(head.ToString()), .. body, .. "\r\n0\r\n\r\n"u8]);
    }

    private string Path(string template)
    {
        var path = string.Join('/', template.Split('/').Select(part => part.StartsWith('{') ? Name(part) : part));
        return random.Next(3) == 0 ? $"{path}?{Queries[random.Next(Queries.Length)]}" : path;
    }

    // Mostly what there may be: what is never there goes no further than being looked for.
    private string Name(string part) => random.Next(3) == 0 ? Names[random.Next(Names.Length)] : part switch
    {
        "{vhost}" => random.Next(8) == 0 ? "%2F" : "v",
        "{dtype}" => random.Next(2) == 0 ? "q" : "e",
        "{exchange}" or "{source}" => random.Next(2) == 0 ? "amq.topic" : "a",
        _ => random.Next(2) == 0 ? "a" : "b",
    };

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

    private byte[] Body()
    {
        var text = random.Next(12) switch
        {
            0 => "null",
            1 => "\"{}\"",
            2 => new string('[', random.Next(1, 2_000)),
            3 => "{\"a\":" + new string('[', 60) + new string(']', 60) + "}",
            4 => "username=a&password=b",
            5 => "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n{}\r\n--x--\r\n",
            _ => Value(0),
        };
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Next(8) == 0 ? new FuzzedBytes(random).Damage(bytes) : bytes;
    }

    private string Value(int depth)
    {
        if (depth == 0 || (depth < 4 && random.Next(4) == 0))
        {
            var members = Enumerable.Range(0, random.Next(0, 8)).Select(_ => $"\"{Members[random.Next(Members.Length)]}\":{Value(depth + 1)}");
            return depth == 0 || random.Next(3) > 0 ? $"{{{string.Join(',', members)}}}" : $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth + 1)))}]";
        }

        return random.Next(5) switch
        {
            0 => Numbers[random.Next(Numbers.Length)],
            1 => random.Next(2) == 0 ? "true" : "false",
            2 => random.Next(4) == 0 ? "null" : "{}",
            _ => JsonValue.Create(Texts[random.Next(Texts.Length)]).ToJsonString(),
        };
    }
}

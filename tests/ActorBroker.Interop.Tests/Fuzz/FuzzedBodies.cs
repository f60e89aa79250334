using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Testing.Fuzz;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>Bodies of requests: mostly what an operation asks for, or that with something wrong; else JSON of any kind, and none.</summary>
/// <param name="random">The same numbers make the same bodies.</param>
internal sealed class FuzzedBodies(Random random)
{
    // By the ends of paths. A replay of a queue into itself would double it again and again: destinations are a queue with a limit.
    private static readonly (string Path, string[] Bodies)[] Known =
    [
        ("/queues/{vhost}/{queue}", ["""{"durable":true}""", """{"durable":true,"arguments":{"x-retention":"1D"}}""", """{"durable":true,"arguments":{"x-queue-type":"stream"}}""", """{"durable":false,"auto_delete":true,"arguments":{"x-max-priority":5,"x-expires":60000}}"""]),
        ("/exchanges/{vhost}/{exchange}", ["""{"type":"topic","durable":true}""", """{"type":"headers","auto_delete":true,"arguments":{"alternate-exchange":"amq.fanout"}}""", """{"type":"fanout","internal":true}"""]),
        ("/{dtype}/{destination}", ["""{"routing_key":"k","arguments":{}}""", """{"routing_key":"a.*.#","arguments":{"x-match":"any","h":1}}""", "{}"]),
        ("/publish", ["""{"properties":{},"routing_key":"q","payload":"p","payload_encoding":"string"}""", """{"properties":{"delivery_mode":2,"priority":3,"expiration":"60000","headers":{"h":[1,{"t":"x"}]}},"routing_key":"s","payload":"AAEC/w==","payload_encoding":"base64"}""", """{"properties":{"headers":{"CC":["q","r"]},"timestamp":1,"message_id":"m","type":"t"},"routing_key":"k","payload":"a longer payload","payload_encoding":"string"}"""]),
        ("/get", ["""{"count":2,"ackmode":"ack_requeue_true","encoding":"auto"}""", """{"count":1,"ackmode":"reject_requeue_false","encoding":"base64","truncate":1}""", """{"count":3,"ackmode":"reject_requeue_true","encoding":"auto"}""", """{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}"""]),
        ("/move", ["""{"positions":[0,1,2,9223372036854775806],"destination":"limited","count":3}""", """{"positions":[3],"destination":"amq.fanout","destination_type":"exchange","routing_key":"k","count":1}"""]),
        ("messages/delete", ["""{"positions":[0,7,8],"dead_letter":true}""", """{"positions":[]}"""]),
        ("messages/replay", ["""{"positions":[0,1,2,3],"destination":"limited"}"""]),
        ("/replays", ["""{"id":"replay","from":"first","destination":"limited"}""", """{"id":"other","from":"last","start":3,"until_time":9999999999999,"type":"t","header.h":1,"destination":"amq.topic","destination_type":"exchange"}"""]),
        ("/actions", ["""{"action":"sync"}"""]),
        ("/policies/{vhost}/{name}", ["""{"pattern":"^q","definition":{"max-length":1000},"priority":1,"apply-to":"queues"}""", """{"pattern":"(a*)*$","definition":{"alternate-exchange":"amq.topic"},"apply-to":"exchanges"}""", """{"pattern":".","definition":{"dead-letter-exchange":"amq.topic","message-ttl":1000},"priority":-1}"""]),
        ("/operator-policies/{vhost}/{name}", ["""{"pattern":"^q","definition":{"max-length":100,"expires":600000},"apply-to":"queues"}"""]),
        ("/parameters/{component}/{vhost}/{name}", ["""{"value":{"pattern":"^q","definition":{"max-length":50},"apply-to":"queues"}}""", """{"value":{"max-queues":100}}"""]),
        ("/global-parameters/{name}", ["""{"value":{"any":["thing",1.5,null]}}""", """{"value":"cluster"}"""]),
        ("/users/{user}", ["""{"password":"secret","tags":"management,policymaker"}""", """{"password_hash":"AAAAAAAA","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["monitoring"],"limits":{"max-channels":3}}""", """{"password_hash":"","tags":""}"""]),
        ("users/bulk-delete", ["""{"users":["b","nobody"]}"""]),
        ("permissions/{vhost}/{user}", ["""{"exchange":"amq.topic","configure":".*","write":"^(a|b)+$","read":""}"""]),
        ("-limits/{vhost}/{name}", ["""{"value":100}""", """{"value":-1}"""]),
        ("-limits/{user}/{name}", ["""{"value":"10"}"""]),
        ("/vhosts/{vhost}", ["""{"description":"d","tags":"x,y","default_queue_type":"quorum"}""", """{"tracing":true,"metadata":{"tags":["z"]}}""", "{}"]),
        ("/definitions/{vhost}", [Topology]),
        ("/definitions", [Everything]),
        ("/all-configuration", [Everything]),
        ("/cluster-name", ["""{"name":"a cluster"}"""]),
    ];

    private const string Topology =
        """
        {"queues":[{"name":"q","vhost":"v","durable":true,"arguments":{}},{"name":"s","vhost":"v","durable":true,"type":"stream"}],
         "exchanges":[{"name":"x","vhost":"v","type":"topic","durable":true}],
         "bindings":[{"source":"x","vhost":"v","destination":"q","destination_type":"queue","routing_key":"k","arguments":{}}],
         "policies":[{"name":"p","vhost":"v","pattern":"^q","apply-to":"queues","definition":{"max-length":1000}}],
         "parameters":[{"component":"operator_policy","name":"o","vhost":"v","value":{"pattern":"^q","definition":{"max-length":100}}}]}
        """;

    private const string Everything =
        """
        {"users":[{"name":"b","password_hash":"","tags":"monitoring"}],"vhosts":[{"name":"w"}],"global_parameters":[{"name":"g","value":1}],
         "permissions":[{"user":"b","vhost":"w","configure":"","write":"","read":""}],"topic_permissions":[{"user":"b","vhost":"w","exchange":"","write":"a","read":"b"}],
         "queues":[{"name":"q","vhost":"v","durable":true,"arguments":{}}],"bindings":[{"source":"amq.topic","vhost":"v","destination":"q","routing_key":"d"}]}
        """;

    private static readonly string[] Members =
    [
        "name", "vhost", "source", "destination", "destination_type", "routing_key", "arguments", "properties", "payload", "payload_encoding", "count", "ackmode",
        "encoding", "truncate", "durable", "auto_delete", "internal", "type", "pattern", "definition", "priority", "apply-to", "value", "password",
        "password_hash", "hashing_algorithm", "tags", "configure", "write", "read", "exchange", "users", "queues", "bindings", "exchanges", "policies",
        "parameters", "global_parameters", "vhosts", "permissions", "action", "from", "start", "description", "default_queue_type", "tracing", "limits", "metadata",
        "x-max-length", "x-message-ttl", "x-queue-type", "headers", "delivery_mode", "expiration", "timestamp", "component", "ack_mode", "requeue", "messages",
        "positions", "id", "dead_letter", "max-connections", "max-queues", "until_time", "",
    ];

    // As JSON writes them; halves of a pair, and what is no UTF-16, among them.
    private static readonly string[] Texts =
    [
        "", "a", "v", "direct", "fanout", "x-delayed-message", "queue", "e", ".*", "(", "string", "base64", "AAAA", "####", "ack_requeue_true", "reject_requeue_false",
        "auto", "true", "stream", "quorum", "max-length", "ä€𐍈", "\\u0000\\u0001", "\\ud800", "x\\udc00\\ud800y", "2020-01-01", "1Y", "guest", "\\n", "limited",
    ];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e308", "1e999", "0.1", "-0", "1E-400"];

    /// <summary>A body for an operation.</summary>
    /// <param name="template">Its path, values in braces.</param>
    public byte[] Next(string template)
    {
        var known = Array.Find(Known, one => template.EndsWith(one.Path, StringComparison.Ordinal)).Bodies;
        var good = known is null ? "{}" : known[random.Next(known.Length)];
        var text = random.Next(24) switch
        {
            0 => Nonsense(),
            1 or 2 => Value(0),
            < 9 => Changed(good),
            _ => good,
        };
        var bytes = Encoding.UTF8.GetBytes(text);
        return random.Next(16) == 0 ? new FuzzedBytes(random).Damage(bytes) : bytes;
    }

    private string Nonsense() => random.Next(6) switch
    {
        0 => "null",
        1 => "\"{}\"",
        2 => new string('[', random.Next(1, 2_000)),
        3 => "{\"a\":" + new string('[', 60) + new string(']', 60) + "}",
        4 => "username=a&password=b",
        _ => "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n{}\r\n--x--\r\n",
    };

    // One member, at any depth, has another value, is not there, or has company.
    private string Changed(string good)
    {
        // Not every text can be in a document of this kind, so it is put into the written one.
        const string Place = "here";
        var body = JsonNode.Parse(good)!.AsObject();
        var at = Any(body);
        var name = at.Count == 0 || random.Next(4) == 0 ? Members[random.Next(Members.Length)] : at.ElementAt(random.Next(at.Count)).Key;
        if (random.Next(4) == 0)
        {
            at.Remove(name);
            return body.ToJsonString();
        }

        at[name] = Place;
        return body.ToJsonString().Replace($"\"{Place}\"", Value(1), StringComparison.Ordinal);
    }

    private JsonObject Any(JsonObject body)
    {
        var inner = body.Select(static member => member.Value).Select(static value => value is JsonArray { Count: > 0 } items ? items[0] : value).OfType<JsonObject>().ToList();
        return inner.Count > 0 && random.Next(2) == 0 ? Any(inner[random.Next(inner.Count)]) : body;
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
            _ => $"\"{Texts[random.Next(Texts.Length)]}\"",
        };
    }
}

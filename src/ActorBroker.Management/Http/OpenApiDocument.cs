using System.Text.Json.Nodes;

namespace ActorBroker.Management.Http;

/// <summary>The API described for tools: OpenAPI 3.0.3, made of the table of its operations, so that it tells of each that there is.</summary>
internal static class OpenApiDocument
{
    // Operations that read no body although their method could send one.
    private static readonly HashSet<string> WithoutBody = ["rebalance/queues"];

    /// <summary>The document.</summary>
    public static JsonObject Of(RouteTable table)
    {
        var paths = new JsonObject();
        foreach (var path in table.Routes.GroupBy(static route => route.Template).OrderBy(static path => path.Key, StringComparer.Ordinal))
        {
            var operations = new JsonObject { ["parameters"] = ParametersOf(path.First()) };
            foreach (var route in path)
            {
                operations[route.Method.ToLowerInvariant()] = OperationOf(route);
            }

            paths[$"/api/{path.Key}"] = operations;
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.3",
            ["info"] = new JsonObject
            {
                ["title"] = "ActorBroker management",
                ["description"] = "RabbitMQ's management HTTP API, as far as it has a meaning here, and what goes beyond it. Values in paths are percent-encoded, the virtual host / is %2F.",
                ["version"] = ManagedBroker.Version,
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["basic"] = new JsonObject { ["type"] = "http", ["scheme"] = "basic" } },
                ["schemas"] = new JsonObject
                {
                    ["Error"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["required"] = new JsonArray("error", "reason"),
                        ["properties"] = new JsonObject { ["error"] = new JsonObject { ["type"] = "string" }, ["reason"] = new JsonObject() },
                    },
                },
            },
            ["security"] = new JsonArray(new JsonObject { ["basic"] = new JsonArray() }),
        };
    }

    private static JsonArray ParametersOf(ApiRoute route) => new(
    [
        .. route.ValueNames.Select(static name => (JsonNode)new JsonObject
        {
            ["name"] = name, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" },
        }),
    ]);

    private static JsonObject OperationOf(ApiRoute route)
    {
        var operation = new JsonObject
        {
            ["tags"] = new JsonArray(route.Segments[0]),
            ["summary"] = route.Summary,
            ["operationId"] = $"{route.Method.ToLowerInvariant()}-{route.Template.Replace('/', '-').Replace("{", string.Empty, StringComparison.Ordinal).Replace("}", string.Empty, StringComparison.Ordinal)}",
            ["x-required-role"] = route.Access.ToString(),
        };
        if (route.Method is "PUT" or "POST" && !WithoutBody.Contains(route.Template))
        {
            operation["requestBody"] = new JsonObject { ["content"] = Json(new JsonObject { ["type"] = "object" }) };
        }

        operation["responses"] = ResponsesOf(route);
        return operation;
    }

    private static JsonObject ResponsesOf(ApiRoute route)
    {
        var responses = route.Method switch
        {
            "GET" => new JsonObject { ["200"] = new JsonObject { ["description"] = "What was asked for.", ["content"] = Json([]) } },
            "POST" => new JsonObject
            {
                ["200"] = new JsonObject { ["description"] = "Done, with an answer.", ["content"] = Json([]) },
                ["201"] = new JsonObject { ["description"] = "Made." },
                ["204"] = new JsonObject { ["description"] = "Done." },
            },
            "PUT" => new JsonObject { ["201"] = new JsonObject { ["description"] = "Made." }, ["204"] = new JsonObject { ["description"] = "Changed, or there already." } },
            _ => new JsonObject { ["204"] = new JsonObject { ["description"] = "Gone." } },
        };
        foreach (var (status, text) in ((string, string)[])[("400", "It makes no sense, or the broker refuses it."), ("401", "The user may not."), ("404", "It is not there.")])
        {
            responses[status] = new JsonObject
            {
                ["description"] = text, ["content"] = Json(new JsonObject { ["$ref"] = "#/components/schemas/Error" }),
            };
        }

        return responses;
    }

    private static JsonObject Json(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };
}

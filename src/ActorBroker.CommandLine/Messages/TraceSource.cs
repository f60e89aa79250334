using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Messages;

/// <summary>
/// What AMQP clients publish in a virtual host from now on, by its trace (RabbitMQ's firehose), which is turned on for as long as it
/// is followed. Messages are shown as they were published.
/// </summary>
/// <param name="context">The command that follows it.</param>
/// <param name="exchange">Only what is published to this exchange; null for any.</param>
/// <param name="queue">Only what is routed to this queue; null for any.</param>
internal sealed class TraceSource(CommandContext context, string? exchange, string? queue) : IMessageSource
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(3);

    private readonly ExchangeSource _copies = new(context, "amq.rabbitmq.trace", [$"publish.{exchange ?? "#"}"], []);
    private bool _isOurs;

    /// <inheritdoc/>
    public async Task OpenAsync()
    {
        var virtualHost = await context.Api.GetAsync(VirtualHostPath(), context.Ended).ConfigureAwait(false);
        await _copies.OpenAsync().ConfigureAwait(false);
        if ((bool?)virtualHost?["tracing"] != true)
        {
            _isOurs = true;
            await context.Api.PutAsync(VirtualHostPath(), new JsonObject { ["tracing"] = true }, context.Ended).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JsonObject>> NextAsync()
    {
        var copies = await _copies.NextAsync().ConfigureAwait(false);
        return [.. copies.Where(IsWanted).Select(OriginalOf)];
    }

    /// <inheritdoc/>
    public async Task CloseAsync()
    {
        await _copies.CloseAsync().ConfigureAwait(false);
        if (!_isOurs)
        {
            return;
        }

        using var limit = new CancellationTokenSource(CloseLimit);
        try
        {
            await context.Api.PutAsync(VirtualHostPath(), new JsonObject { ["tracing"] = false }, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ApiException or ApiUnreachableException or OperationCanceledException)
        {
            await context.Console.Errors.WriteLineAsync($"virtual host '{context.VirtualHost}' may still be traced: actorbroker vhosts trace --off").ConfigureAwait(false);
        }
    }

    private static JsonObject HeadersOf(JsonObject copy) => copy["properties"]?["headers"] as JsonObject ?? [];

    private bool IsWanted(JsonObject copy) => queue is null
        || (HeadersOf(copy)["routed_queues"] is JsonArray routed && routed.Any(name => name?.GetValueKind() == System.Text.Json.JsonValueKind.String && (string)name! == queue));

    // What was published is told in the copy's headers.
    private static JsonObject OriginalOf(JsonObject copy)
    {
        var told = HeadersOf(copy);
        return new JsonObject
        {
            ["exchange"] = told["exchange_name"]?.DeepClone() ?? "",
            ["routing_key"] = told["routing_keys"] is JsonArray { Count: > 0 } keys ? keys[0]?.DeepClone() : "",
            ["routed_queues"] = told["routed_queues"]?.DeepClone() ?? new JsonArray(),
            ["user"] = told["user"]?.DeepClone(),
            ["connection"] = told["connection"]?.DeepClone(),
            ["payload_bytes"] = copy["payload_bytes"]?.DeepClone(),
            ["properties"] = told["properties"]?.DeepClone() ?? new JsonObject(),
            ["payload"] = copy["payload"]?.DeepClone(),
            ["payload_encoding"] = copy["payload_encoding"]?.DeepClone(),
        };
    }

    private ApiPath VirtualHostPath() => ApiPath.Of("vhosts", context.VirtualHost);
}

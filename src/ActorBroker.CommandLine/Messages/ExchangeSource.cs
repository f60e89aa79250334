using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Messages;

/// <summary>
/// What comes to an exchange from now on: copies, by a queue of the command's own. It is deleted in the end, expires where
/// that fails, and drops the oldest messages where they come faster than they are shown.
/// </summary>
/// <param name="context">The command that follows it.</param>
/// <param name="exchange">The exchange.</param>
/// <param name="keys">Binding keys.</param>
/// <param name="arguments">Arguments of the bindings: what a headers exchange matches.</param>
internal sealed class ExchangeSource(CommandContext context, string exchange, IReadOnlyList<string> keys, JsonObject arguments) : IMessageSource
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(3);

    private readonly string _queue = string.Create(CultureInfo.InvariantCulture, $"actorbroker.tail.{Guid.NewGuid():N}");

    /// <inheritdoc/>
    public async Task OpenAsync()
    {
        var queue = new JsonObject
        {
            ["durable"] = false,
            ["arguments"] = new JsonObject { ["x-expires"] = 60_000, ["x-max-length"] = 10_000, ["x-max-length-bytes"] = 64 * 1024 * 1024, ["x-queue-type"] = "classic" },
        };
        await context.Api.PutAsync(QueuePath(), queue, context.Ended).ConfigureAwait(false);
        foreach (var key in keys)
        {
            var binding = new JsonObject { ["routing_key"] = key, ["arguments"] = arguments.DeepClone() };
            await context.Api.PostAsync(ApiPath.Of("bindings", context.VirtualHost, "e", exchange, "q", _queue), binding, context.Ended).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JsonObject>> NextAsync()
    {
        var body = new JsonObject { ["count"] = 100, ["ackmode"] = "ack_requeue_false", ["encoding"] = "auto" };
        var messages = await context.Api.PostAsync(QueuePath().Then("get"), body, context.Ended).ConfigureAwait(false) as JsonArray ?? [];
        return [.. messages.Select(static item => item!.AsObject())];
    }

    /// <inheritdoc/>
    public async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        try
        {
            await context.Api.DeleteAsync(QueuePath(), cancelled: limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ApiException or ApiUnreachableException or OperationCanceledException)
        {
            // It expires by itself.
        }
    }

    private ApiPath QueuePath() => ApiPath.Of("queues", context.VirtualHost, _queue);
}

using System.Text.Json.Nodes;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Sessions;
using Akka.Actor;

namespace ActorBroker.Management.Topology;

/// <summary>Queues: declared, deleted, purged.</summary>
internal static class QueueRoutes
{
    private const string Queue = "queues/{vhost}/{queue}";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Put(Queue, ApiAccess.User, "Declares a queue.", DeclareAsync),
        ApiRoutes.Delete(Queue, ApiAccess.User, "Deletes a queue; if-empty and if-unused make it conditional.", DeleteAsync),
        ApiRoutes.Delete(Queue + "/contents", ApiAccess.User, "Purges a queue.", PurgeAsync),
        ApiRoutes.Post(Queue + "/actions", ApiAccess.Administrator, "Acts on a mirrored queue; there are none, so that sync and cancel_sync do nothing.", ActAsync),
    ];

    /// <summary>Whether there is such a queue.</summary>
    public static async Task<bool> ExistsAsync(ManagedBroker broker, QueueKey key) => (await DescribeAsync(broker, key).ConfigureAwait(false)) is not null;

    /// <summary>What the queue is; null when there is none.</summary>
    public static async Task<QueueDescribed?> DescribeAsync(ManagedBroker broker, QueueKey key)
    {
        var described = await broker.Queues.Ask<QueueDescribed>(new DescribeQueue(key, 0), ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        return described.Refusal switch
        {
            null => described,
            { Reason: RefusalReason.NotFound } => null,
            var refusal => throw ApiErrorException.Of(refusal),
        };
    }

    /// <summary>What a body declares.</summary>
    public static QueueDefinition DefinitionOf(JsonObject body) => new(
        body.Flag("durable", otherwise: false), Exclusive: false, body.Flag("auto_delete", otherwise: false), JsonArguments.TableOf(body["arguments"]));

    private static async Task DeclareAsync(ApiRequest request)
    {
        var name = request.Value("queue");
        var definition = DefinitionOf(await request.BodyAsync().ConfigureAwait(false));
        var isNew = !await ExistsAsync(request.Broker, new QueueKey(request.VirtualHost, name)).ConfigureAwait(false);
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientDeclareQueue(id, name, definition, Passive: false)).ConfigureAwait(false);
        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request)
    {
        var key = await ExistingAsync(request).ConfigureAwait(false);
        var (ifUnused, ifEmpty) = (request.IsOn("if-unused"), request.IsOn("if-empty"));
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientDeleteQueue(id, key.Name, ifUnused, ifEmpty)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static async Task PurgeAsync(ApiRequest request)
    {
        var key = await ExistingAsync(request).ConfigureAwait(false);
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientPurgeQueue(id, key.Name)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static async Task ActAsync(ApiRequest request)
    {
        await ExistingAsync(request).ConfigureAwait(false);
        var body = await request.BodyAsync().ConfigureAwait(false);
        var action = body.RequiredText("action");
        await (action is "sync" or "cancel_sync" ? request.NoContent() : throw ApiErrorException.Of("unknown", action))
            .ConfigureAwait(false);
    }

    private static async Task<QueueKey> ExistingAsync(ApiRequest request)
    {
        var key = new QueueKey(request.VirtualHost, request.Value("queue"));
        return await ExistsAsync(request.Broker, key).ConfigureAwait(false) ? key : throw ApiErrorException.ObjectNotFound();
    }
}

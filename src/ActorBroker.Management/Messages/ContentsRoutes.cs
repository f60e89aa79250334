using System.Globalization;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Access;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.History;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using Akka.Actor;

namespace ActorBroker.Management.Messages;

/// <summary>
/// What is in a queue, message by message: looked at without consuming or reordering it, removed, and published elsewhere.
/// A message is named by its position, which it keeps for good. RabbitMQ has nothing of the kind.
/// </summary>
internal static class ContentsRoutes
{
    private const string Messages = "queues/{vhost}/{queue}/messages";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get(
            Messages, ApiAccess.User,
            "A page of the messages in a queue, those that consumers hold too: from = first, last or position, with start; count, body_bytes, until_position; routing_key, exchange, type, app_id, correlation_id, message_id, text (of the body) and header.NAME select.",
            BrowseAsync),
        ApiRoutes.Get(Messages + "/{position}", ApiAccess.User, "One message in a queue.", ReadAsync),
        ApiRoutes.Delete(
            Messages + "/{position}", ApiAccess.User,
            "Removes one message from a queue; with dead_letter=true it goes to the queue's dead letter exchange.", DeleteOneAsync),
        ApiRoutes.Post(
            Messages + "/delete", ApiAccess.User,
            "Removes the messages at these positions, unless consumers hold them; with dead_letter they go to the queue's dead letter exchange.", DeleteAsync),
        ApiRoutes.Post(
            Messages + "/move", ApiAccess.User,
            "Moves the messages at these positions, unless consumers hold them, to a destination: a queue, or with destination_type exchange an exchange, which routes by routing_key or each message's own.",
            static request => TransferAsync(request, keeps: false)),
        ApiRoutes.Post(
            Messages + "/replay", ApiAccess.User,
            "Publishes copies of the messages at these positions to a destination, as move; they stay in the queue.",
            static request => TransferAsync(request, keeps: true)),
    ];

    private static async Task<QueueKey> ReadableAsync(ApiRequest request)
    {
        var key = new QueueKey(request.VirtualHost, request.Value("queue"));
        await Demand.RightAsync(request, AccessRight.Read, Destination.Queue(key.Name)).ConfigureAwait(false);
        return key;
    }

    private static async Task BrowseAsync(ApiRequest request)
    {
        var key = await ReadableAsync(request).ConfigureAwait(false);
        var browse = BrowseForm.Read(request, key) with { Scope = BrowseScope.Queue };
        await request.Json(BrowseForm.ObjectOf(await BrowseForm.AskAsync(request, browse).ConfigureAwait(false))).ConfigureAwait(false);
    }

    private static async Task ReadAsync(ApiRequest request)
    {
        var key = await ReadableAsync(request).ConfigureAwait(false);
        var position = PositionOf(request.Value("position"));
        var range = HistoryRange.FromPosition(position) with { UntilPosition = position + 1 };
        var browse = new BrowseQueue(key, 0, range, MessageCriteria.None, new PageLimits(1, PageLimits.BytesMax), request.Origin) { Scope = BrowseScope.Queue };
        var page = await BrowseForm.AskAsync(request, browse).ConfigureAwait(false);
        await request.Json(page.Messages.Count > 0 ? BrowseForm.ObjectOf(page.Messages[0]) : throw ApiErrorException.ObjectNotFound()).ConfigureAwait(false);
    }

    private static async Task DeleteOneAsync(ApiRequest request)
    {
        var key = await ReadableAsync(request).ConfigureAwait(false);
        var position = new PositionRange(PositionOf(request.Value("position")), 1);
        var handled = await AskAsync(request, new RemoveMessages(key, 0, [position], request.IsOn("dead_letter"), request.Origin)).ConfigureAwait(false);
        ApiErrorException.ThrowIf(handled.Refusal);
        await (handled.Done == 1 ? request.NoContent() : throw ApiErrorException.ObjectNotFound()).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request)
    {
        var key = await ReadableAsync(request).ConfigureAwait(false);
        var body = await request.BodyAsync().ConfigureAwait(false);
        var remove = new RemoveMessages(key, 0, PositionsOf(body), body.Flag("dead_letter", otherwise: false), request.Origin);
        var handled = await AskAsync(request, remove).ConfigureAwait(false);
        ApiErrorException.ThrowIf(handled.Refusal);
        await request.Json(new JsonObject { ["deleted"] = handled.Done, ["left"] = handled.Left }).ConfigureAwait(false);
    }

    private static async Task TransferAsync(ApiRequest request, bool keeps)
    {
        var key = await ReadableAsync(request).ConfigureAwait(false);
        var body = await request.BodyAsync().ConfigureAwait(false);
        var destination = BrowseForm.DestinationOf(body);
        await Demand.RightAsync(request, AccessRight.Write, destination).ConfigureAwait(false);
        var transfer = new TransferMessages(
            key, 0, body.Text("id") ?? Guid.NewGuid().ToString("N"), PositionsOf(body), destination, body.Text("routing_key"), keeps, request.Origin);
        var handled = await AskAsync(request, transfer).ConfigureAwait(false);
        var verb = keeps ? "replayed" : "moved";
        ApiErrorException.ThrowIf(handled.Refusal is { } refusal ? refusal with { Text = $"{refusal.Text} ({handled.Done} {verb} before)" } : null);
        await request.Json(new JsonObject { [verb] = handled.Done, ["left"] = handled.Left }).ConfigureAwait(false);
    }

    private static Task<MessagesHandled> AskAsync(ApiRequest request, HistoryCommand command) =>
        request.Broker.Queues.Ask<MessagesHandled>(command, ManagedBroker.AnswerTimeout);

    private static long PositionOf(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position < long.MaxValue
            ? position
            : throw ApiErrorException.BadRequest($"not_integer: {text}");

    private static PositionRange[] PositionsOf(JsonObject body)
    {
        body.Require("positions");
        var given = body["positions"] as JsonArray ?? throw ApiErrorException.BadRequest("positions must be an array of numbers");
        if (given.Count > RemoveMessages.PositionsMax)
        {
            throw ApiErrorException.BadRequest($"at most {RemoveMessages.PositionsMax} positions at once");
        }

        var positions = new SortedSet<long>(given.Select(static node => PositionOf(node?.ToString() ?? string.Empty)));
        return [.. positions.Select(static position => new PositionRange(position, 1))];
    }
}

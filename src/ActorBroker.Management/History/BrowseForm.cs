using System.Text.Json.Nodes;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Names;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Messages;
using Akka.Actor;

namespace ActorBroker.Management.History;

/// <summary>What requests say of the messages that they are about, and what pages of messages look like.</summary>
internal static class BrowseForm
{
    private const string HeaderPrefix = "header.";

    /// <summary>The page that a request's query asks for.</summary>
    /// <exception cref="ApiErrorException">It makes no sense.</exception>
    public static BrowseQueue Read(ApiRequest request, QueueKey key)
    {
        var asked = new JsonObject([.. request.Http.Request.Query.Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value[^1]))]);
        var limits = new PageLimits(
            (int)Math.Clamp(asked.Number("count") ?? PageLimits.Default.Count, 1, PageLimits.CountMax), PageLimits.BytesMax,
            asked.Number("body_bytes") is { } bytes ? (int)Math.Clamp(bytes, 0, PageLimits.BytesMax) : null);
        return new BrowseQueue(key, 0, RangeOf(asked), CriteriaOf(asked), limits, request.Origin);
    }

    /// <summary>The page from its queue.</summary>
    /// <exception cref="ApiErrorException">The queue refuses.</exception>
    public static async Task<QueueBrowsed> AskAsync(ApiRequest request, BrowseQueue browse)
    {
        var page = await request.Broker.Queues.Ask<QueueBrowsed>(browse, ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        ApiErrorException.ThrowIf(page.Refusal);
        return page;
    }

    public static JsonObject ObjectOf(QueueBrowsed page) => new()
    {
        ["items"] = new JsonArray([.. page.Messages.Select(static message => (JsonNode)ObjectOf(message))]),
        ["next"] = page.Next,
        ["is_end"] = page.IsEnd,
        ["first"] = page.Extent.First,
        ["end"] = page.Extent.End,
    };

    public static JsonObject ObjectOf(BrowsedMessage message)
    {
        var item = new JsonObject { ["position"] = message.Position };
        if (message.WrittenAt > 0)
        {
            item["written_at"] = message.WrittenAt;
        }

        if (message.Standing is { } standing)
        {
            item["state"] = standing.ToString().ToLowerInvariant();
            item["redelivered"] = message.Redelivered;
        }

        item["exchange"] = message.Exchange;
        item["routing_key"] = message.RoutingKey;
        item["payload_bytes"] = message.BodyLength;
        var properties = JsonArguments.ObjectOf(message.Properties);
        properties["headers"] = JsonArguments.ObjectOf(message.Headers);
        item["properties"] = properties;
        MessageJson.AddPayload(item, message.Body.Span, isBase64: false, truncate: null);
        return item;
    }

    public static HistoryRange RangeOf(JsonObject asked)
    {
        var from = asked.Text("from") switch
        {
            null or "first" => HistoryStart.First,
            "last" => HistoryStart.Last,
            "position" => HistoryStart.Position,
            "time" => HistoryStart.Time,
            var other => throw ApiErrorException.BadRequest($"from is first, last, position or time, not '{other}'"),
        };
        var range = new HistoryRange(from, asked.Number("start") ?? 0, asked.Number("until_position"), asked.Number("until_time"));
        ApiErrorException.ThrowIf(range.Check());
        return range;
    }

    public static Destination DestinationOf(JsonObject body)
    {
        var name = body.RequiredText("destination");
        return body.Text("destination_type") switch
        {
            null or "queue" => Destination.Queue(name),
            "exchange" => Destination.Exchange(name),
            var other => throw ApiErrorException.BadRequest($"destination_type is queue or exchange, not '{other}'"),
        };
    }

    public static MessageCriteria CriteriaOf(JsonObject asked)
    {
        var headers = new ArgumentTable.Builder();
        foreach (var (name, value) in asked)
        {
            if (name.StartsWith(HeaderPrefix, StringComparison.Ordinal))
            {
                headers.Add(name[HeaderPrefix.Length..], JsonArguments.ValueOf(value));
            }
        }

        var criteria = MessageCriteria.None with
        {
            RoutingKey = asked.Text("routing_key"),
            Exchange = asked.Text("exchange"),
            Headers = headers.Build(),
            Type = asked.Text("type"),
            AppId = asked.Text("app_id"),
            CorrelationId = asked.Text("correlation_id"),
            MessageId = asked.Text("message_id"),
            Text = asked.Text("text"),
        };
        ApiErrorException.ThrowIf(criteria.Check());
        return criteria;
    }
}

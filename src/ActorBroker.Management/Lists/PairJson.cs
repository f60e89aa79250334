using System.Text.Json.Nodes;
using ActorBroker.Contracts.Management;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Lists;

/// <summary>What a queue, an exchange or a channel has to do with others, as RabbitMQ lists it beside what it says of the one.</summary>
internal static class PairJson
{
    /// <summary>Adds <c>deliveries</c>, by channels, and <c>incoming</c>, by exchanges.</summary>
    public static async Task AddToAsync(JsonObject item, ApiRequest request, QueueInfo queue)
    {
        var pairs = await ListAsync(request, NodeQuestion.PairsOfQueue, queue.VirtualHost, queue.Name).ConfigureAwait(false);
        item["deliveries"] = ArrayOf(pairs.Where(static pair => pair.Channel is not null), ChannelOf);
        item["incoming"] = ArrayOf(pairs.Where(static pair => pair.Channel is null), ExchangeOf);
    }

    /// <summary>Adds <c>incoming</c>, by channels, and <c>outgoing</c>, by queues.</summary>
    public static async Task AddToAsync(JsonObject item, ApiRequest request, ExchangeInfo exchange)
    {
        var pairs = await ListAsync(request, NodeQuestion.PairsOfExchange, exchange.VirtualHost, exchange.Name).ConfigureAwait(false);
        item["incoming"] = ArrayOf(pairs.Where(static pair => pair.Channel is not null), ChannelOf);
        item["outgoing"] = ArrayOf(pairs.Where(static pair => pair.Channel is null), QueueOf);
    }

    /// <summary>Adds <c>publishes</c>, by exchanges, and <c>deliveries</c>, by queues.</summary>
    public static async Task AddToAsync(JsonObject item, ApiRequest request, ChannelInfo channel)
    {
        var pairs = await ListAsync(request, NodeQuestion.PairsOfChannel, channel.VirtualHost, channel.Name).ConfigureAwait(false);
        item["publishes"] = ArrayOf(pairs.Where(static pair => pair.Exchange is not null), ExchangeOf);
        item["deliveries"] = ArrayOf(pairs.Where(static pair => pair.Queue is not null), QueueOf);
    }

    private static Task<IReadOnlyList<PairInfo>> ListAsync(ApiRequest request, NodeQuestion of, string virtualHost, string name) =>
        request.Broker.View.ListPairsAsync(of, virtualHost, name, Samples.RangeOf(request), request.Ended);

    private static JsonArray ArrayOf(IEnumerable<PairInfo> pairs, Func<PairInfo, KeyValuePair<string, JsonNode?>> other) =>
        [.. pairs.Select(pair => new JsonObject([new("stats", new JsonObject().With(pair.MessageStats)), other(pair)]))];

    private static KeyValuePair<string, JsonNode?> ChannelOf(PairInfo pair)
    {
        var channel = pair.Channel!;
        return new("channel_details", new JsonObject
        {
            ["name"] = channel.Name,
            ["number"] = channel.Number,
            ["user"] = channel.User,
            ["node"] = channel.Node,
            ["connection_name"] = channel.Connection,
            ["peer_port"] = channel.PeerPort,
            ["peer_host"] = channel.PeerHost,
        });
    }

    private static KeyValuePair<string, JsonNode?> ExchangeOf(PairInfo pair) => new("exchange", NamedOf(pair, pair.Exchange!));

    private static KeyValuePair<string, JsonNode?> QueueOf(PairInfo pair) => new("queue", NamedOf(pair, pair.Queue!));

    private static JsonObject NamedOf(PairInfo pair, string name) => new() { ["name"] = name, ["vhost"] = pair.VirtualHost };
}

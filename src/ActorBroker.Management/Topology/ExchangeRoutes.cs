using System.Text.Json.Nodes;
using ActorBroker.Contracts.Clients;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Sessions;
using Akka.Actor;

namespace ActorBroker.Management.Topology;

/// <summary>Exchanges: declared and deleted.</summary>
internal static class ExchangeRoutes
{
    private const string Exchange = "exchanges/{vhost}/{exchange}";

    /// <summary>How paths name the default exchange, whose own name is empty.</summary>
    private const string Default = "amq.default";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Put(Exchange, ApiAccess.User, "Declares an exchange.", DeclareAsync),
        ApiRoutes.Delete(Exchange, ApiAccess.User, "Deletes an exchange; if-unused makes it conditional.", DeleteAsync),
    ];

    /// <summary>The exchange that a path names.</summary>
    public static ExchangeKey KeyOf(ApiRequest request, string value = "exchange") =>
        new(request.VirtualHost, request.Value(value) is var name && name == Default ? string.Empty : name);

    /// <summary>What the exchange is; null when there is none.</summary>
    public static async Task<ExchangeDescribed?> DescribeAsync(ManagedBroker broker, ExchangeKey key)
    {
        if (key.IsDefault)
        {
            return new ExchangeDescribed(0, key, null, DefaultDefinition, Core.Policies.EffectivePolicy.None);
        }

        var described = await broker.Exchanges.Ask<ExchangeDescribed>(new DescribeExchange(key, 0), ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        return described.Refusal switch
        {
            null => described,
            { Reason: RefusalReason.NotFound } => null,
            var refusal => throw ApiErrorException.Of(refusal),
        };
    }

    /// <summary>What the default exchange is like.</summary>
    public static ExchangeDefinition DefaultDefinition { get; } =
        new(ExchangeTypes.Direct, Durable: true, AutoDelete: false, Internal: false, Core.Arguments.ArgumentTable.Empty);

    /// <summary>What a body declares.</summary>
    public static ExchangeDefinition DefinitionOf(JsonObject body) => new(
        body.Text("type") ?? ExchangeTypes.Direct,
        body.Flag("durable", otherwise: false),
        body.Flag("auto_delete", otherwise: false),
        body.Flag("internal", otherwise: false),
        JsonArguments.TableOf(body["arguments"]));

    private static async Task DeclareAsync(ApiRequest request)
    {
        var key = KeyOf(request);
        var definition = DefinitionOf(await request.BodyAsync().ConfigureAwait(false));
        if (ExchangeTypes.Check(definition.Type) is not null)
        {
            throw ApiErrorException.BadRequest($"invalid exchange type '{definition.Type}'");
        }

        var isNew = await DescribeAsync(request.Broker, key).ConfigureAwait(false) is null;
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientDeclareExchange(id, key.Name, definition, Passive: false)).ConfigureAwait(false);
        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request)
    {
        var key = KeyOf(request);
        if (await DescribeAsync(request.Broker, key).ConfigureAwait(false) is null)
        {
            throw ApiErrorException.ObjectNotFound();
        }

        var ifUnused = request.IsOn("if-unused");
        await using var session = await ApiSession.OpenAsync(request, request.VirtualHost).ConfigureAwait(false);
        await session.ChangeAsync(id => new ClientDeleteExchange(id, key.Name, ifUnused)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }
}

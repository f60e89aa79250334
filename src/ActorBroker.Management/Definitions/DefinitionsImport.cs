using System.Text;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Access;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Policies;
using ActorBroker.Management.Topology;
using Akka.Actor;

namespace ActorBroker.Management.Definitions;

/// <summary>
/// Makes what a file of RabbitMQ's definitions says and is not there yet. Nothing is deleted; queues and exchanges that are
/// there stay as they are, whatever the file says of them, and everything else is set anew. In RabbitMQ's order.
/// </summary>
/// <param name="request">On whose behalf.</param>
/// <param name="definitions">The file.</param>
/// <param name="only">The virtual host that everything goes to; null where the file names them.</param>
internal sealed class DefinitionsImport(ApiRequest request, JsonObject definitions, string? only)
{
    // Entities are asked at once, so many at a time.
    private const int AskedAtOnce = 64;

    // AMQP 0-9-1 §4.2.5.3: what is longer, no client could name.
    private const int NameBytesMax = 255;

    // Of RabbitMQ: a queue is moved there, and a later file without it says how it was meant.
    private const string Undefined = "undefined";

    // Of RabbitMQ: it tells a cluster from any other, so that another one must not take it over.
    private const string InternalId = "internal_cluster_id";

    /// <summary>Imports everything, or stops where something cannot be.</summary>
    /// <exception cref="ApiErrorException">The broker refuses something; what was imported before stays.</exception>
    public async Task RunAsync()
    {
        if (only is null)
        {
            await ImportAccessAsync().ConfigureAwait(false);
        }

        CheckVirtualHosts();
        await TogetherAsync("exchanges", ExchangeAsync).ConfigureAwait(false);
        foreach (var policy in ItemsOf("policies"))
        {
            await PolicyAsync(policy).ConfigureAwait(false);
        }

        foreach (var parameter in ItemsOf("parameters"))
        {
            await ParameterAsync(parameter).ConfigureAwait(false);
        }

        await TogetherAsync("queues", QueueAsync).ConfigureAwait(false);
        await TogetherAsync("bindings", BindingAsync).ConfigureAwait(false);
    }

    private async Task ImportAccessAsync()
    {
        foreach (var user in ItemsOf("users"))
        {
            await UserRoutes.PutAsync(request, user.RequiredText("name"), user).ConfigureAwait(false);
        }

        foreach (var virtualHost in ItemsOf("vhosts"))
        {
            await VirtualHostRoutes.PutAsync(request, virtualHost.RequiredText("name"), virtualHost).ConfigureAwait(false);
        }

        foreach (var parameter in ItemsOf("global_parameters").Where(static parameter => parameter.Text("name") is not InternalId))
        {
            await GlobalParameterRoutes.SetAsync(request, parameter.RequiredText("name"), parameter["value"]).ConfigureAwait(false);
        }

        foreach (var permission in ItemsOf("permissions"))
        {
            await PermissionRoutes.PutAsync(request, permission.RequiredText("user"), permission.RequiredText("vhost"), permission).ConfigureAwait(false);
        }

        foreach (var permission in ItemsOf("topic_permissions"))
        {
            await PermissionRoutes.PutTopicAsync(request, permission.RequiredText("user"), permission.RequiredText("vhost"), permission).ConfigureAwait(false);
        }
    }

    // An entity of a virtual host that is not there would be made all the same.
    private void CheckVirtualHosts()
    {
        foreach (var part in (IEnumerable<string>)["exchanges", "policies", "parameters", "queues", "bindings"])
        {
            foreach (var item in ItemsOf(part))
            {
                var name = VirtualHostOf(item);
                if (!request.Tables().IsOpen(name))
                {
                    throw ApiErrorException.BadRequest($"Please create virtual host \"{name}\" prior to importing definitions.");
                }
            }
        }
    }

    private async Task ExchangeAsync(JsonObject item)
    {
        var key = new ExchangeKey(VirtualHostOf(item), Short(item.RequiredText("name")));
        if (DefinitionParts.IsBuiltIn(key.Name) || await ExchangeRoutes.DescribeAsync(request.Broker, key).ConfigureAwait(false) is not null)
        {
            return;
        }

        var declare = new DeclareExchange(key, 0, ExchangeRoutes.DefinitionOf(item), Passive: false, request.Origin);
        Check((await request.Broker.Exchanges.Ask<ExchangeAnswered>(declare, ManagedBroker.AnswerTimeout).ConfigureAwait(false)).Refusal);
    }

    private async Task QueueAsync(JsonObject item)
    {
        var key = new QueueKey(VirtualHostOf(item), Short(item.RequiredText("name")));
        if (DefinitionParts.IsBuiltIn(key.Name) || await QueueRoutes.ExistsAsync(request.Broker, key).ConfigureAwait(false))
        {
            return;
        }

        var definition = QueueRoutes.DefinitionOf(item);
        if (item.Text("type") is { } type and not Undefined && !definition.Arguments.ContainsKey("x-queue-type"))
        {
            definition = definition with { Arguments = With(definition.Arguments, "x-queue-type", type) };
        }

        var declare = new DeclareQueue(key, 0, definition, Passive: false, request.Origin);
        Check((await request.Broker.Queues.Ask<QueueAnswered>(declare, ManagedBroker.AnswerTimeout).ConfigureAwait(false)).Refusal);
    }

    private async Task BindingAsync(JsonObject item)
    {
        var source = new ExchangeKey(VirtualHostOf(item), item.RequiredText("source"));
        if (source.IsDefault)
        {
            return;
        }

        var name = item.RequiredText("destination");
        var destination = item.Text("destination_type") == "exchange" ? Destination.Exchange(name) : Destination.Queue(name);
        var binding = new Binding(destination, Short(item.Text("routing_key") ?? string.Empty), JsonArguments.TableOf(item["arguments"]));
        var bind = new BindDestination(source, 0, binding, request.Origin);
        Check((await request.Broker.Exchanges.Ask<ExchangeAnswered>(bind, ManagedBroker.AnswerTimeout).ConfigureAwait(false)).Refusal);
    }

    private Task PolicyAsync(JsonObject item) =>
        PolicyRoutes.SetAsync(request, VirtualHostOf(item), PolicyRoutes.PolicyOf(item.RequiredText("name"), isOperator: false, item));

    private Task ParameterAsync(JsonObject item) =>
        ParameterRoutes.SetAsync(request, VirtualHostOf(item), item.RequiredText("component"), item.RequiredText("name"), item["value"]);

    private string VirtualHostOf(JsonObject item) =>
        only ?? item.Text("vhost") ?? throw ApiErrorException.BadRequest("Virtual host does not exist and is not specified in definitions file.");

    private IEnumerable<JsonObject> ItemsOf(string part) => definitions[part] switch
    {
        null => [],
        JsonArray items => items.OfType<JsonObject>(),
        _ => throw ApiErrorException.BadRequest($"{part} must be an array"),
    };

    private async Task TogetherAsync(string part, Func<JsonObject, Task> import)
    {
        foreach (var some in ItemsOf(part).Chunk(AskedAtOnce))
        {
            await Task.WhenAll(some.Select(import)).ConfigureAwait(false);
        }
    }

    private static ArgumentTable With(ArgumentTable arguments, string key, string text)
    {
        var all = new ArgumentTable.Builder();
        foreach (var (name, value) in arguments)
        {
            all.Add(name, value);
        }

        return all.Add(key, ArgumentValue.FromString(text)).Build();
    }

    private static string Short(string text) => Encoding.UTF8.GetByteCount(text) <= NameBytesMax
        ? text
        : throw ApiErrorException.BadRequest($"names and routing keys have at most {NameBytesMax} bytes");

    private static void Check(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw refusal.Reason == RefusalReason.Unavailable ? ApiErrorException.Unavailable(refusal.Text) : ApiErrorException.BadRequest(refusal.Text);
        }
    }
}

using System.Text.Json.Nodes;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Management;
using ActorBroker.Core.Access;
using ActorBroker.Core.Queues;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;
using ActorBroker.Management.Topology;

namespace ActorBroker.Management.Access;

/// <summary>Virtual hosts.</summary>
internal static class VirtualHostRoutes
{
    private const string One = "vhosts/{vhost}";
    private const string Protection = One + "/deletion" + "/protection";
    private const string Undefined = "undefined";
    private const string Journal = "journal";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Get("vhosts", ApiAccess.User, "The virtual hosts that the user may see.", ListAsync),
        ApiRoutes.Get(One, ApiAccess.Administrator, "A virtual host.", GetAsync),
        ApiRoutes.Put(One, ApiAccess.Administrator, "Creates a virtual host, in the journal that it names, or changes what is said of one.", PutAsync),
        ApiRoutes.Delete(One, ApiAccess.Administrator, "Deletes a virtual host with all that is in it; its connections are closed.", DeleteAsync),
        ApiRoutes.Post(Protection, ApiAccess.Administrator, "Protects a virtual host from deletion.", static request => ProtectAsync(request, isOn: true)),
        ApiRoutes.Delete(Protection, ApiAccess.Administrator, "Ends the protection.", static request => ProtectAsync(request, isOn: false)),
        ApiRoutes.Post(One + "/start/{node}", ApiAccess.Administrator, "Starts a virtual host on a node; it runs on all that there are.", static request =>
        {
            Existing(request);
            return request.NoContent();
        }),
    ];

    /// <summary>The virtual host in the path.</summary>
    /// <exception cref="ApiErrorException">There is none.</exception>
    public static VirtualHost Existing(ApiRequest request) =>
        request.Tables().VirtualHosts.GetValueOrDefault(request.VirtualHost) ?? throw ApiErrorException.ObjectNotFound();

    /// <summary>What definitions say of a virtual host. RabbitMQ passes over the journal.</summary>
    public static JsonObject DefinitionOf(ApiRequest request, VirtualHost virtualHost) => WithJournal(request, virtualHost, new JsonObject
    {
        ["name"] = virtualHost.Name,
        ["description"] = virtualHost.Metadata.Description,
        ["metadata"] = MetadataOf(virtualHost.Metadata),
        ["tags"] = AccessChanges.ArrayOf(virtualHost.Metadata.Tags),
    });

    /// <summary>Creates or changes the virtual host that a body says.</summary>
    public static async Task PutAsync(ApiRequest request, string name, JsonObject body)
    {
        var before = request.Tables().VirtualHosts.GetValueOrDefault(name)?.Metadata ?? VirtualHostMetadata.None;
        var metadata = body["metadata"] as JsonObject;
        var changed = new VirtualHostMetadata(
            body.Text("description") ?? metadata?.Text("description") ?? before.Description,
            (body["tags"] ?? metadata?["tags"]) is { } tags ? AccessChanges.TagsOf(tags) : before.Tags,
            TypeOf(body.Text("default_queue_type") ?? body.Text("defaultqueuetype") ?? metadata?.Text("default_queue_type"), before.DefaultQueueType),
            body.Flag("protected_from_deletion") ?? metadata?.Flag("protected_from_deletion") ?? before.IsProtected,
            body.Text(Journal) is { Length: > 0 } journal ? journal : before.Journal);
        await request.ChangeAsync(new CreateVirtualHost(0, name, changed, request.Origin)).ConfigureAwait(false);
        if (body.Flag("tracing") is { } isTraced)
        {
            await request.ChangeAsync(new SetTracing(name, string.Empty, isTraced, request.Origin)).ConfigureAwait(false);
        }
    }

    private static QueueType? TypeOf(string? word, QueueType? before) => word switch
    {
        null or "" => before,
        Undefined => null,
        "classic" => QueueType.Classic,
        "quorum" => QueueType.Quorum,
        "stream" => QueueType.Stream,
        _ => throw ApiErrorException.BadRequest($"Unsupported default queue type: {word}"),
    };

    private static string WordOf(QueueType? type) => type switch
    {
        QueueType.Classic => "classic",
        QueueType.Quorum => "quorum",
        QueueType.Stream => "stream",
        _ => Undefined,
    };

    private static JsonObject MetadataOf(VirtualHostMetadata metadata)
    {
        var item = new JsonObject { ["description"] = metadata.Description, ["tags"] = AccessChanges.ArrayOf(metadata.Tags) };
        if (metadata.DefaultQueueType is { } type)
        {
            item["default_queue_type"] = WordOf(type);
        }

        if (metadata.IsProtected)
        {
            item["protected_from_deletion"] = true;
        }

        return item;
    }

    // Only one that is not the main one, which has no name.
    private static JsonObject WithJournal(ApiRequest request, VirtualHost virtualHost, JsonObject item)
    {
        var configured = request.Broker.Options.Journals.FirstOrDefault(journal => journal.VirtualHosts.Contains(virtualHost.Name));
        if ((virtualHost.Metadata.Journal ?? configured?.Name) is { } journal)
        {
            item[Journal] = journal;
        }

        return item;
    }

    private static async Task<JsonObject> ObjectOfAsync(ApiRequest request, VirtualHost virtualHost, IReadOnlyList<VirtualHostInfo> infos)
    {
        var policies = await TopologyReader.PoliciesAsync(request.Broker, virtualHost.Name).ConfigureAwait(false);
        var item = WithJournal(request, virtualHost, new JsonObject
        {
            ["cluster_state"] = new JsonObject { [request.Broker.Node] = virtualHost.IsBeingDeleted ? "stopped" : "running" },
            ["default_queue_type"] = WordOf(virtualHost.Metadata.DefaultQueueType),
            ["description"] = virtualHost.Metadata.Description,
            ["metadata"] = MetadataOf(virtualHost.Metadata),
            ["name"] = virtualHost.Name,
            ["protected_from_deletion"] = virtualHost.Metadata.IsProtected,
            ["tags"] = AccessChanges.ArrayOf(virtualHost.Metadata.Tags),
            ["tracing"] = policies.IsTraced,
        });
        return infos.FirstOrDefault(info => info.Name == virtualHost.Name) is { } figures
            ? item.With(figures.Lengths).With(figures.Traffic).WithMessageStats(figures.MessageStats)
            : item;
    }

    private static async Task ListAsync(ApiRequest request)
    {
        var infos = await request.Broker.View.ListVirtualHostsAsync(request.Ended).ConfigureAwait(false);
        List<JsonObject> all = [];
        foreach (var name in await AccessGate.VisibleAsync(request).ConfigureAwait(false))
        {
            if (request.Tables().VirtualHosts.TryGetValue(name, out var found))
            {
                all.Add(await ObjectOfAsync(request, found, infos).ConfigureAwait(false));
            }
        }

        await request.List(all, "name").ConfigureAwait(false);
    }

    private static async Task GetAsync(ApiRequest request)
    {
        var infos = await request.Broker.View.ListVirtualHostsAsync(request.Ended).ConfigureAwait(false);
        await request.Item(await ObjectOfAsync(request, Existing(request), infos).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task PutAsync(ApiRequest request)
    {
        var name = request.VirtualHost;
        var isNew = !request.Tables().VirtualHosts.ContainsKey(name);
        await PutAsync(request, name, await request.BodyAsync().ConfigureAwait(false)).ConfigureAwait(false);

        // RabbitMQ gives whoever makes one by the API all permissions there.
        if (isNew && request.Tables().Users.ContainsKey(request.User.Name))
        {
            await request.ChangeAsync(new PutPermission(0, request.User.Name, name, Permission.All, request.Origin)).ConfigureAwait(false);
        }

        await request.Put(isNew).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request)
    {
        var virtualHost = Existing(request);
        if (virtualHost.Metadata.IsProtected)
        {
            throw new ApiErrorException(412, "precondition_failed", $"Refusing to delete virtual host '{virtualHost.Name}' because it is protected against deletion");
        }

        await request.ChangeAsync(new DeleteVirtualHost(0, virtualHost.Name, request.Origin)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }

    private static async Task ProtectAsync(ApiRequest request, bool isOn)
    {
        var virtualHost = Existing(request);
        var metadata = virtualHost.Metadata with { IsProtected = isOn };
        await request.ChangeAsync(new CreateVirtualHost(0, virtualHost.Name, metadata, request.Origin)).ConfigureAwait(false);
        await request.NoContent().ConfigureAwait(false);
    }
}

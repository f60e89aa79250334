using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Alarms;
using ActorBroker.Core.Alarms;
using ActorBroker.Management.Http;
using ActorBroker.Management.Json;

namespace ActorBroker.Management.Nodes;

/// <summary>
/// How much of its machine a node may take before publishers are stopped, by the names of RabbitMQ's settings:
/// <c>{"vm_memory_high_watermark": {"relative": 0.4}, "disk_free_limit": {"absolute": 1000000000}}</c>.
/// </summary>
internal static class ResourceLimitRoutes
{
    private const string Memory = "vm_memory_high_watermark";
    private const string DiskFree = "disk_free_limit";
    private const string Absolute = "absolute";
    private const string Relative = "relative";

    public static IEnumerable<ApiRoute> All =>
    [
        ApiRoutes.Put(
            "nodes/{node}/resource-limits", ApiAccess.Administrator,
            "Sets how much memory a node may take, or how much room its disk must have, until it starts again: bytes (absolute), or a share of the machine's memory (relative).",
            SetAsync),
    ];

    private static async Task SetAsync(ApiRequest request)
    {
        var body = await request.BodyAsync().ConfigureAwait(false);
        var limits = new SetResourceLimits(LimitOf(body, Memory, shareMax: 1), LimitOf(body, DiskFree, double.MaxValue), request.User.Name);
        if (limits is { Memory: null, DiskFree: null })
        {
            throw ApiErrorException.BadRequest($"{Memory} or {DiskFree} must be given");
        }

        if (!await request.Broker.View.SetLimitsAsync(request.Value("node"), limits, request.Ended).ConfigureAwait(false))
        {
            throw ApiErrorException.ObjectNotFound();
        }

        await request.NoContent().ConfigureAwait(false);
    }

    private static ResourceLimit? LimitOf(JsonObject body, string name, double shareMax) => body[name] switch
    {
        null => null,
        JsonObject { Count: 1 } given when given.Number(Absolute) is { } bytes =>
            bytes >= 0 ? ResourceLimit.OfBytes(bytes) : throw ApiErrorException.BadRequest($"{name}.{Absolute} must not be negative"),
        JsonObject { Count: 1 } given when given[Relative] is JsonValue value && value.GetValueKind() == JsonValueKind.Number =>
            value.GetValue<double>() is >= 0 and var share && share <= shareMax
                ? ResourceLimit.OfMemory(share)
                : throw ApiErrorException.BadRequest(
                    shareMax > 1 ? $"{name}.{Relative} must not be negative" : string.Create(CultureInfo.InvariantCulture, $"{name}.{Relative} must be between 0 and {shareMax}")),
        _ => throw ApiErrorException.BadRequest($"{name} must have either {Absolute}, in bytes, or {Relative}, a share of the machine's memory"),
    };
}

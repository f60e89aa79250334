using System.Text.Json.Nodes;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using ActorBroker.Management.Http;
using Akka.Actor;

namespace ActorBroker.Management.Access;

/// <summary>Asks for changes of users, virtual hosts, permissions and limits.</summary>
internal static class AccessChanges
{
    // The deletion of a virtual host ends when all that was in it is gone.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    /// <summary>Users, virtual hosts and permissions as the node knows them.</summary>
    public static AccessSnapshot Tables(this ApiRequest request) => request.Broker.Users.Tables.Current;

    /// <summary>Makes a change, which is in force on every node when this ends.</summary>
    /// <exception cref="ApiErrorException">The broker refuses it.</exception>
    public static async Task ChangeAsync(this ApiRequest request, AccessChange change)
    {
        var done = await request.Broker.Access.Ask<AccessChangeDone>(change, Timeout).ConfigureAwait(false);
        Check(done.Refusal);
    }

    /// <summary>Makes a change of what a virtual host's catalogue keeps.</summary>
    /// <exception cref="ApiErrorException">The broker refuses it.</exception>
    public static async Task ChangeAsync(this ApiRequest request, PolicyCommand change)
    {
        var answer = await request.Broker.Catalogues.Ask<PolicyAnswered>(change, ManagedBroker.AnswerTimeout).ConfigureAwait(false);
        Check(answer.Refusal);
    }

    /// <summary>Tags as clients send them: an array, or text with commas.</summary>
    public static IReadOnlyList<string> TagsOf(JsonNode? node) => node switch
    {
        null => [],
        JsonArray items => [.. items.Select(static item => item is JsonValue value && value.TryGetValue(out string? tag) ? tag : throw NoTags())],
        JsonValue value when value.TryGetValue(out string? text) =>
            text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => throw NoTags(),
    };

    /// <summary>Tags as the API tells them.</summary>
    public static JsonArray ArrayOf(IReadOnlyList<string> tags) => new([.. tags.Select(static tag => (JsonNode)tag)]);

    private static ApiErrorException NoTags() => ApiErrorException.BadRequest("tags must be an array of strings, or a string with commas");

    private static void Check(Refusal? refusal)
    {
        if (refusal is not null)
        {
            throw ApiErrorException.Of(refusal);
        }
    }
}

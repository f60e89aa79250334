using System.CommandLine;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.CommandLine.Invocation;

namespace ActorBroker.CommandLine.Access;

/// <summary><c>limit</c>, of a user or a virtual host.</summary>
internal static class LimitCommands
{
    /// <param name="commands">Makes the command.</param>
    /// <param name="subject">What has limits.</param>
    /// <param name="kind">What the API calls it: <c>user</c> or <c>vhost</c>.</param>
    /// <param name="limits">The limits that there are.</param>
    public static Command Create(CommandBuilder commands, string subject, string kind, string limits)
    {
        var name = new Argument<string>(kind) { Description = "Its name." };
        var limit = new Argument<string>("limit") { Description = $"{limits}." };
        var value = new Argument<long>("value") { Description = "How many; -1 for no limit." };
        return commands.Leaf(
            "limit", $"Limit what a {subject} may have open.",
            async context =>
            {
                var path = ApiPath.Of($"{kind}-limits", context.Value(name), context.Value(limit));
                await context.Api.PutAsync(path, new JsonObject { ["value"] = context.Value(value) }, context.Ended).ConfigureAwait(false);
                var most = context.Value(value);
                context.Result.Done(
                    most < 0
                        ? $"{context.Value(limit)} of {subject} '{context.Value(name)}' taken away"
                        : $"{context.Value(limit)} of {subject} '{context.Value(name)}' is {most}",
                    new JsonObject { [context.Value(limit)] = most });
            },
            name, limit, value);
    }
}

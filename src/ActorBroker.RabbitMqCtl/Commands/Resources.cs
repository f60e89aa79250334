using System.Net;
using System.Text.Json.Nodes;
using ActorBroker.CommandLine.Api;
using ActorBroker.RabbitMqCtl.Invocation;
using ActorBroker.RabbitMqCtl.Terms;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>What commands read of the API, and what they say where it is not there.</summary>
internal static class Resources
{
    /// <summary>A resource; null when there is none.</summary>
    public static async Task<JsonObject?> FindAsync(this Request request, ApiPath path)
    {
        try
        {
            return await request.Client.GetAsync(path, request.Ended).ConfigureAwait(false) as JsonObject;
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Removes a resource.</summary>
    /// <returns>Whether it was there.</returns>
    public static async Task<bool> RemoveAsync(this Request request, ApiPath path)
    {
        try
        {
            await request.Client.DeleteAsync(path, null, request.Ended).ConfigureAwait(false);
            return true;
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>A list in the request's virtual host.</summary>
    /// <exception cref="CommandFailedException">There is no such virtual host.</exception>
    public static async Task<JsonArray> ListAsync(this Request request, ApiPath path)
    {
        try
        {
            return await request.Client.ListAsync(path, request.Ended).ConfigureAwait(false);
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            throw CommandFailedException.NoVirtualHost(request.VirtualHost);
        }
    }

    /// <summary>A list in the request's virtual host; an empty one where there is no such virtual host, as RabbitMQ's tool has it for what is in one.</summary>
    public static async Task<JsonArray> ListOrNoneAsync(this Request request, ApiPath path)
    {
        try
        {
            return await request.Client.ListAsync(path, request.Ended).ConfigureAwait(false);
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            return [];
        }
    }

    /// <summary>Creates or changes a resource in the request's virtual host.</summary>
    /// <exception cref="CommandFailedException">There is no such virtual host.</exception>
    public static async Task PutAsync(this Request request, ApiPath path, JsonObject body)
    {
        try
        {
            await request.Client.PutAsync(path, body, request.Ended).ConfigureAwait(false);
        }
        catch (ApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            throw CommandFailedException.NoVirtualHost(request.VirtualHost);
        }
    }

    /// <summary>The user that an argument names, as commands for permissions want it.</summary>
    /// <exception cref="CommandFailedException">There is none.</exception>
    public static async Task<JsonObject> UserAsync(this Request request, string name) =>
        await request.FindAsync(ApiPath.Of("users", name)).ConfigureAwait(false)
        ?? throw NoUser(request, $"User {name} does not exist", $"User {name} does not exist");

    /// <summary>Checks that there is such a user.</summary>
    /// <exception cref="CommandFailedException">There is none.</exception>
    public static async Task<JsonObject> DemandUserAsync(this Request request, string name) =>
        await request.FindAsync(ApiPath.Of("users", name)).ConfigureAwait(false) ?? throw NoUserTerm(name);

    /// <summary>There is no such user, in the words of the commands that change users.</summary>
    public static CommandFailedException NoUser(Request request, string name) =>
        NoUser(request, $"User \"{name}\" does not exist", $"User {name} does not exists");

    /// <summary>There is no such user, in the words of commands that have none of their own for it.</summary>
    public static CommandFailedException NoUserTerm(string name) => CommandFailedException.Of(ExitCodes.Unavailable, $"{{:no_such_user, {TermText.Quoted(name)}}}");

    private static CommandFailedException NoUser(Request request, string text, string json) =>
        new(ExitCodes.NoUser, $"Error:\n{text}", new JsonObject { ["message"] = json, ["node"] = request.Node, ["result"] = "error" });

    /// <summary>The virtual host of the request.</summary>
    /// <exception cref="CommandFailedException">There is none.</exception>
    public static async Task<JsonObject> VirtualHostAsync(this Request request) =>
        await request.FindAsync(ApiPath.Of("vhosts", request.VirtualHost)).ConfigureAwait(false)
        ?? throw new CommandFailedException(
            ExitCodes.Unavailable,
            $"Error:\nVirtual host {request.VirtualHost} does not exist",
            new JsonObject { ["message"] = $"Virtual host {request.VirtualHost} does not exist", ["node"] = request.Node, ["result"] = "error" });
}

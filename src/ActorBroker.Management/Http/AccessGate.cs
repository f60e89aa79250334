using System.Net;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Microsoft.AspNetCore.Http;

namespace ActorBroker.Management.Http;

/// <summary>Who comes in, and to which virtual hosts.</summary>
internal static class AccessGate
{
    /// <summary>The error of credentials that are nobody's.</summary>
    public const string LoginError = "not_authorized";

    /// <summary>Who has these credentials.</summary>
    /// <exception cref="ApiErrorException">Nobody, or nobody who may use the API.</exception>
    public static async Task<ApiUser> LoginAsync(ManagedBroker broker, BasicCredentials credentials, IPAddress peer, CancellationToken ended)
    {
        var attempt = new LoginAttempt(new Credential.Password(credentials.User, credentials.Password), peer);
        var result = await broker.Users.Logins.LoginAsync(attempt, ended).ConfigureAwait(false);
        broker.View.Logins.Count("http", peer, result.Identity?.User ?? credentials.User, result.Identity is not null);
        if (result.Identity is not { } identity)
        {
            throw result.Refusal is { Reason: RefusalReason.Unavailable } refusal ? ApiErrorException.Unavailable(refusal.Text) : LoginFailed();
        }

        var user = new ApiUser(identity, credentials);
        return user.MayEnter ? user : throw ApiErrorException.NotAuthorised("Not management user");
    }

    /// <summary>The names of the virtual hosts whose contents the user may list: all, for those who see everything.</summary>
    public static async Task<IReadOnlyList<string>> VisibleAsync(ApiRequest request, bool isForMonitors = true)
    {
        var all = request.Broker.Users.Tables.Current.VirtualHosts.Keys.Order(StringComparer.Ordinal);
        if (request.User.IsAdministrator || (isForMonitors && request.User.IsMonitor))
        {
            return [.. all];
        }

        List<string> visible = [];
        foreach (var virtualHost in all)
        {
            if (await MayEnterAsync(request.User, virtualHost).ConfigureAwait(false))
            {
                visible.Add(virtualHost);
            }
        }

        return visible;
    }

    /// <summary>Checks that the user may use the operation there.</summary>
    /// <exception cref="ApiErrorException">It may not, or the virtual host is not there.</exception>
    public static async Task CheckAsync(ManagedBroker broker, ApiUser user, ApiRoute route, IReadOnlyDictionary<string, string> values)
    {
        var virtualHost = route.IsWithinVirtualHost ? values["vhost"] : null;
        var exists = virtualHost is null || broker.Users.Tables.Current.IsOpen(virtualHost);
        var mayEnter = user.IsAdministrator || virtualHost is null || !exists
            || (route.Access == ApiAccess.Viewer && user.IsMonitor)
            || await MayEnterAsync(user, virtualHost).ConfigureAwait(false);
        var refused = route.Access switch
        {
            ApiAccess.Administrator when !user.IsAdministrator => "Not administrator user",
            ApiAccess.Monitor when !user.IsMonitor => "Not monitor user",
            ApiAccess.PolicyMaker when !user.IsPolicyMaker || !mayEnter => "User not authorised to access object",
            ApiAccess.GlobalPolicyMaker when !user.IsPolicyMaker => "User not authorised to access object",
            _ when !mayEnter => "User not authorised to access virtual host",
            _ => null,
        };
        if (refused is not null)
        {
            throw ApiErrorException.NotAuthorised(refused);
        }

        if (!exists)
        {
            throw route.Method is "PUT" or "POST" ? ApiErrorException.NotFound("vhost_not_found") : ApiErrorException.ObjectNotFound();
        }
    }

    private static Task<bool> MayEnterAsync(ApiUser user, string virtualHost) =>
        Demand.DecidedAsync(decided => user.Identity.Authorization.Enter(virtualHost, decided));

    private static ApiErrorException LoginFailed() => new(StatusCodes.Status401Unauthorized, LoginError, "Login failed");
}

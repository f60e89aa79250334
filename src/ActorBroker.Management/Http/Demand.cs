using ActorBroker.Core.Access;
using ActorBroker.Core.Names;

namespace ActorBroker.Management.Http;

/// <summary>Rights to queues and exchanges, for what goes to them directly instead of by a session, which asks for them itself.</summary>
internal static class Demand
{
    /// <summary>Checks that the request's user has a right.</summary>
    /// <exception cref="ApiErrorException">It has not.</exception>
    public static async Task RightAsync(ApiRequest request, AccessRight right, Destination resource)
    {
        var name = resource is { Kind: DestinationKind.Exchange, Name.Length: 0 } ? ResourceAccess.DefaultExchange : resource.Name;
        var access = new ResourceAccess(right, resource.Kind, request.VirtualHost, name);
        var authorization = request.User.Identity.Authorization;
        if (!await DecidedAsync(decided => authorization.Decide(access, decided)).ConfigureAwait(false))
        {
            var kind = resource.Kind == DestinationKind.Queue ? "queue" : "exchange";
            throw ApiErrorException.NotAuthorised(
                $"ACCESS_REFUSED - {right.ToString().ToLowerInvariant()} access to {kind} '{resource.Name}' in vhost '{request.VirtualHost}' refused for user '{request.User.Name}'");
        }
    }

    /// <summary>Asks until it is decided.</summary>
    public static async Task<bool> DecidedAsync(Func<Action, AccessDecision> ask)
    {
        while (true)
        {
            var decided = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            switch (ask(decided.SetResult))
            {
                case AccessDecision.Allowed:
                    return true;
                case AccessDecision.Refused:
                    return false;
                default:
                    await decided.Task.WaitAsync(ManagedBroker.AnswerTimeout).ConfigureAwait(false);
                    break;
            }
        }
    }
}

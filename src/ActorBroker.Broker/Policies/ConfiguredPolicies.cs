using System.Globalization;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Policies;

/// <summary>Sets the policies of the configuration. One that is set already changes nothing.</summary>
internal static class ConfiguredPolicies
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <exception cref="StartupException">One cannot be set.</exception>
    public static async Task SetAsync(IReadOnlyList<PolicyOptions> policies, IActorRef catalogues, TimeProvider clock)
    {
        var origin = new Origin(string.Empty, "configuration", clock.GetUtcNow());
        for (var i = 0; i < policies.Count; i++)
        {
            var (virtualHost, policy) = policies[i];
            var answer = await catalogues
                .Ask<PolicyAnswered>(new SetPolicy(virtualHost, i.ToString(CultureInfo.InvariantCulture), policy, origin), Timeout)
                .ConfigureAwait(false);
            if (answer.Refusal is { } refusal)
                throw new StartupException($"policy '{policy.Name}' of vhost '{virtualHost}': {refusal.Text.ReplaceLineEndings(" ")}");
        }
    }
}

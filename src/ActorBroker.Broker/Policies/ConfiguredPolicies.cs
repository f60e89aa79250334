using System.Globalization;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Names;
using Akka.Actor;

namespace ActorBroker.Broker.Policies;

/// <summary>Sets the policies and the tracing of the configuration. What is set already changes nothing.</summary>
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
            var command = new SetPolicy(virtualHost, i.ToString(CultureInfo.InvariantCulture), policy, origin);
            await SetAsync(catalogues, command, $"policy '{policy.Name}'").ConfigureAwait(false);
        }
    }

    /// <exception cref="StartupException">One cannot be traced.</exception>
    public static async Task TraceAsync(IReadOnlyList<string> virtualHosts, IActorRef catalogues, TimeProvider clock)
    {
        var origin = new Origin(string.Empty, "configuration", clock.GetUtcNow());
        foreach (var virtualHost in virtualHosts)
            await SetAsync(catalogues, new SetTracing(virtualHost, string.Empty, IsOn: true, origin), "tracing").ConfigureAwait(false);
    }

    private static async Task SetAsync(IActorRef catalogues, PolicyCommand command, string what)
    {
        var answer = await catalogues.Ask<PolicyAnswered>(command, Timeout).ConfigureAwait(false);
        if (answer.Refusal is { } refusal)
            throw new StartupException($"{what} of vhost '{command.VirtualHost}': {refusal.Text.ReplaceLineEndings(" ")}");
    }
}

using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Policies;
using Akka.Actor;

namespace ActorBroker.Management.Topology;

/// <summary>Reads policies from the catalogues that own them.</summary>
internal static class TopologyReader
{
    /// <summary>The policies, and what else the catalogue keeps besides names.</summary>
    public static async Task<VirtualHostPolicies> PoliciesAsync(ManagedBroker broker, string virtualHost) =>
        (await broker.Catalogues.Ask<PoliciesListed>(new ListPolicies(virtualHost, string.Empty), ManagedBroker.AnswerTimeout).ConfigureAwait(false))
            .Policies;
}

using System.Globalization;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Options;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Policies;

/// <summary>Sets the limits of the configuration. One that is set already changes nothing.</summary>
internal static class ConfiguredLimits
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <exception cref="StartupException">One cannot be set.</exception>
    public static async Task SetAsync(IReadOnlyList<LimitOptions> limits, IActorRef access, IActorRef catalogues, TimeProvider clock)
    {
        var origin = new Origin(string.Empty, "configuration", clock.GetUtcNow());
        for (var i = 0; i < limits.Count; i++)
        {
            var limit = limits[i];
            AccessCommand command = limit.VirtualHost is { } virtualHost
                ? new SetVirtualHostLimits(i, virtualHost, limit.ConnectionsMax, origin)
                : new SetUserLimits(i, limit.User!, new UserLimits(limit.ConnectionsMax, limit.ChannelsMax), origin);
            Check(limit, (await access.Ask<AccessChangeDone>(command, Timeout).ConfigureAwait(false)).Refusal);
            if (limit.VirtualHost is { } ofQueues)
            {
                var setQueues = new SetQueueLimit(ofQueues, i.ToString(CultureInfo.InvariantCulture), limit.QueuesMax, origin);
                Check(limit, (await catalogues.Ask<PolicyAnswered>(setQueues, Timeout).ConfigureAwait(false)).Refusal);
            }
        }
    }

    private static void Check(LimitOptions limit, Refusal? refusal)
    {
        if (refusal is not null)
            throw new StartupException($"limits of {(limit.User is null ? "vhost" : "user")} '{limit.User ?? limit.VirtualHost}': {refusal.Text}");
    }
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Audit;

/// <summary>What somebody did.</summary>
/// <param name="Kind">What it was done to: queue, exchange, binding, message, policy, user, permission, vhost, ...</param>
/// <param name="Action">What was done, as a participle.</param>
/// <param name="VirtualHost">Where; null for what is in none.</param>
/// <param name="Name">To which.</param>
/// <param name="Origin">Who, from where and when.</param>
/// <param name="Details">What else there is to know.</param>
internal sealed record AuditRecord(string Kind, string Action, string? VirtualHost, string Name, Origin Origin, ArgumentTable Details);

using ActorBroker.Core.Names;

namespace ActorBroker.Contracts.Audit;

/// <summary>
/// Where the broker notes who has changed what: a stream of its own, in a virtual host that is no client's, so that it
/// outlives whatever it tells of. A record is a message without a body: its routing key is KIND.ACTION, its headers say
/// the rest.
/// </summary>
public static class AuditTrail
{
    /// <summary>Nobody may create, open or delete it.</summary>
    public const string VirtualHost = "amq.audit";

    /// <summary>The exchange that records say they were published to.</summary>
    public const string Exchange = "audit";

    /// <summary>Who did it; empty for the broker itself.</summary>
    public const string UserHeader = "user";

    /// <summary>From where, or for what reason of the broker's own.</summary>
    public const string AddressHeader = "address";

    /// <summary>When it was asked for, Unix time in milliseconds.</summary>
    public const string TimeHeader = "at";

    /// <summary>The virtual host that it was in; not there for what is in none.</summary>
    public const string VirtualHostHeader = "vhost";

    /// <summary>What it was done to.</summary>
    public const string NameHeader = "name";

    /// <summary>A table with all else.</summary>
    public const string DetailsHeader = "details";

    /// <summary>The stream.</summary>
    public static QueueKey Queue { get; } = new(VirtualHost, "amq.audit");
}

using ActorBroker.Core.Names;

namespace ActorBroker.Core.Access;

/// <summary>What of a queue or exchange an operation needs (RabbitMQ's three permissions).</summary>
public enum AccessRight : byte
{
    /// <summary>To declare and delete it.</summary>
    Configure = 0,

    /// <summary>To publish to it, and to bind it.</summary>
    Write = 1,

    /// <summary>To consume from it, to purge it, and to bind others to it.</summary>
    Read = 2,
}

/// <summary>What is known of a question for a right.</summary>
public enum AccessDecision : byte
{
    /// <summary>Nothing yet: ask again when told.</summary>
    Pending = 0,

    /// <summary>Yes.</summary>
    Allowed = 1,

    /// <summary>No.</summary>
    Refused = 2,
}

/// <summary>May this be done with a queue or exchange?</summary>
/// <param name="Right">What.</param>
/// <param name="Kind">Queue or exchange.</param>
/// <param name="VirtualHost">Where it is.</param>
/// <param name="Name">Its name; the default exchange's is <see cref="DefaultExchange"/>.</param>
public readonly record struct ResourceAccess(AccessRight Right, DestinationKind Kind, string VirtualHost, string Name)
{
    /// <summary>What permissions call the default exchange, which has no name.</summary>
    public const string DefaultExchange = "amq.default";
}

/// <summary>May this routing key be used at a topic exchange? Asked after the right to the exchange itself was found to be there.</summary>
/// <param name="Right">To publish with it (write) or to bind by it (read).</param>
/// <param name="VirtualHost">Where the exchange is.</param>
/// <param name="Exchange">The exchange.</param>
/// <param name="RoutingKey">The key.</param>
/// <param name="ClientId">What <c>{client_id}</c> stands for, in protocols that have such a thing.</param>
public readonly record struct TopicAccess(AccessRight Right, string VirtualHost, string Exchange, string RoutingKey, string? ClientId = null);

/// <summary>
/// What one user may do, as whoever vouched for the user decides it. For any thread. A question is answered at once where
/// that can be done without waiting; else it is <see cref="AccessDecision.Pending"/>, and the callback runs once, on any
/// thread, when it is worth asking again. Callbacks of answers that came at once never run.
/// </summary>
public interface IAuthorization
{
    /// <summary>Answers hold as long as this is the same. Counts up; cheap to ask.</summary>
    long Version { get; }

    /// <summary>May the user work in a virtual host?</summary>
    AccessDecision Enter(string virtualHost, Action decided);

    /// <summary>May the user do this with a queue or exchange?</summary>
    AccessDecision Decide(in ResourceAccess access, Action decided);

    /// <summary>May the user use this routing key?</summary>
    AccessDecision Decide(in TopicAccess access, Action decided);
}

namespace ActorBroker.Connections.AkkaClients;

/// <summary>What clients of Akka.Remote may have.</summary>
public sealed record ClientSessionSettings
{
    /// <summary>Largest body of a message, bytes.</summary>
    public required int MessageSizeMax { get; init; }

    /// <summary>Most bytes of deliveries on their way to one consumer.</summary>
    public required int ConsumerWindowBytes { get; init; }

    /// <summary>Most bytes that a client may publish ahead of what its session has taken.</summary>
    public required long PublishWindowBytes { get; init; }

    /// <summary>A client that has not been heard of for so long is lost.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// The node's remoting listens on this machine only, so that every client is from there. What address a client gives
    /// for itself proves nothing.
    /// </summary>
    public required bool ClientsAreLocal { get; init; }

    /// <summary>Most consumers of one session; 0 for no limit.</summary>
    public required int ConsumersMax { get; init; }

    /// <summary>Bytes that all else of a large message takes beside its body, at most.</summary>
    internal const int WordOverheadMax = 2 * 1024 * 1024;
}

namespace ActorBroker.Testing.History;

/// <summary>What a broker can do wrong.</summary>
public enum ViolationKind
{
    /// <summary>A confirmed message was neither handed out until it was settled, nor purged, deleted or expired.</summary>
    Lost,

    /// <summary>A message that nobody sent, or not to where it was found.</summary>
    Invented,

    /// <summary>A consumer had a publisher's messages in another order, or one of them twice.</summary>
    OutOfOrder,

    /// <summary>A message was settled more than a moment ago, and came again.</summary>
    SettledCameBack,

    /// <summary>A message came again and did not say so.</summary>
    NotMarked,

    /// <summary>A message was purged, or deleted with its queue, and came again.</summary>
    RemovedCameBack,

    /// <summary>A message came before it was due, or was a dead letter before it had expired.</summary>
    TooEarly,

    /// <summary>An offset of a stream named two messages, a message had two offsets, or an offset was left out.</summary>
    OffsetMoved,

    /// <summary>A queue, exchange or binding is not what was confirmed, or is there in part.</summary>
    TopologyDiffers,
}

/// <summary>Something that a broker did wrong.</summary>
public sealed record Violation(ViolationKind Kind, string Text)
{
    public override string ToString() => $"{Kind}: {Text}";
}

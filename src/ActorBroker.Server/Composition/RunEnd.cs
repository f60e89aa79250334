namespace ActorBroker.Server.Composition;

/// <summary>Why a node's time in its cluster is over.</summary>
internal enum RunEnd
{
    /// <summary>By a signal.</summary>
    Ended,

    /// <summary>By a signal or an operator, and not everything came to an end in time.</summary>
    EndedBadly,

    /// <summary>An operator has stopped it.</summary>
    Stopped,

    /// <summary>The cluster has removed it, or did not let it serve.</summary>
    Removed,
}

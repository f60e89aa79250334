namespace ActorBroker.Broker.Clustering;

/// <summary>The database could not be asked about the cluster on it.</summary>
public sealed class ClusterClaimException : Exception
{
    public ClusterClaimException()
    {
    }

    public ClusterClaimException(string message)
        : base(message)
    {
    }

    public ClusterClaimException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace ActorBroker.Core.Statistics;

/// <summary>How a channel stands. For any thread to read: each value by itself, as of some moment just past.</summary>
public interface IChannelFigures
{
    /// <summary>What it has done.</summary>
    ChannelCounters Counters { get; }

    /// <summary>Most unsettled deliveries that each further consumer may have; 0 for no limit.</summary>
    int PrefetchCount { get; }

    /// <summary>Most unsettled deliveries of all its consumers; 0 for no limit.</summary>
    int GlobalPrefetchCount { get; }

    /// <summary>Deliveries that the client has not settled.</summary>
    long Unacknowledged { get; }

    /// <summary>Publishes that were not confirmed yet.</summary>
    long Unconfirmed { get; }

    /// <summary>Publishes of the transaction that is open.</summary>
    int Uncommitted { get; }

    /// <summary>Settlements of the transaction that is open.</summary>
    int AcksUncommitted { get; }

    /// <summary>Publishes are confirmed.</summary>
    bool IsConfirming { get; }

    /// <summary>Publishes and settlements take effect with a commit.</summary>
    bool IsTransactional { get; }
}

namespace ActorBroker.Contracts.Statistics;

/// <summary>What has come and gone on a node since it started. Counted by any thread.</summary>
public sealed class Churn
{
    private long _connectionsOpened;
    private long _connectionsClosed;
    private long _channelsOpened;
    private long _channelsClosed;
    private long _queuesDeclared;
    private long _queuesCreated;
    private long _queuesDeleted;

    /// <summary>Connections that have entered a virtual host.</summary>
    public long ConnectionsOpened => Volatile.Read(ref _connectionsOpened);

    /// <summary>Connections that have ended, be they such that were never open.</summary>
    public long ConnectionsClosed => Volatile.Read(ref _connectionsClosed);

    /// <summary>Channels opened.</summary>
    public long ChannelsOpened => Volatile.Read(ref _channelsOpened);

    /// <summary>Channels that have ended.</summary>
    public long ChannelsClosed => Volatile.Read(ref _channelsClosed);

    /// <summary>Declarations of queues, those of existing ones included.</summary>
    public long QueuesDeclared => Volatile.Read(ref _queuesDeclared);

    /// <summary>Queues that came into being.</summary>
    public long QueuesCreated => Volatile.Read(ref _queuesCreated);

    /// <summary>Queues deleted.</summary>
    public long QueuesDeleted => Volatile.Read(ref _queuesDeleted);

    /// <summary>One more connection.</summary>
    public void ConnectionOpened() => Interlocked.Increment(ref _connectionsOpened);

    /// <summary>One connection less.</summary>
    public void ConnectionClosed() => Interlocked.Increment(ref _connectionsClosed);

    /// <summary>One more channel.</summary>
    public void ChannelOpened() => Interlocked.Increment(ref _channelsOpened);

    /// <summary>One channel less.</summary>
    public void ChannelClosed() => Interlocked.Increment(ref _channelsClosed);

    /// <summary>A queue was declared.</summary>
    public void QueueDeclared() => Interlocked.Increment(ref _queuesDeclared);

    /// <summary>One more queue.</summary>
    public void QueueCreated() => Interlocked.Increment(ref _queuesCreated);

    /// <summary>One queue less.</summary>
    public void QueueDeleted() => Interlocked.Increment(ref _queuesDeleted);
}

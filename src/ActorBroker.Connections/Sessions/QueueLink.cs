using ActorBroker.Contracts.Publishing;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Connections.Sessions;

/// <summary>A session's way to one queue, with what the session gathers for it during a read.</summary>
internal sealed class QueueLink(string queue) : PublishLink<BatchConfirm>(queue)
{
    private readonly bool _isHidden = Stage.IsName(queue);
    private QueueLink[]? _alone;
    private ChannelPairs? _countedBy;
    private RoutePair? _counted;

    /// <summary>Another client's connection takes the place of a queue.</summary>
    public bool IsOfConnection { get; init; }

    /// <summary>This link alone, for the many messages that one queue takes.</summary>
    public QueueLink[] Alone => _alone ??= [this];

    /// <summary>Settlements of the current read.</summary>
    public List<Settlement> Settlements { get; private set; } = [];

    /// <summary>Which of the current read's messages it gets.</summary>
    public List<int> Shared { get; } = [];

    /// <summary>Sum of the sizes of their records.</summary>
    public int SharedBytes { get; set; }

    /// <summary>The same as <see cref="Shared"/>, where confirms are wanted.</summary>
    public SlabIndexes? Indexes { get; set; }

    /// <summary>Some of them are the client's own messages, not copies of traces.</summary>
    public bool HasOwn { get; set; }

    /// <summary>Messages of a channel go to the queue; what is no queue of clients is left out.</summary>
    /// <param name="channel">Counts for the channel.</param>
    /// <param name="exchange">The exchange that they were published to.</param>
    /// <param name="count">How many.</param>
    public void CountPublished(ChannelPairs channel, string exchange, int count)
    {
        if (_isHidden || IsOfConnection)
        {
            return;
        }

        if (_counted is not { IsDropped: false } || !ReferenceEquals(_countedBy, channel) || _counted.Exchange != exchange)
        {
            _counted = channel.Along(exchange, Queue);
            _countedBy = channel;
        }

        _counted?.Published += count;
    }

    /// <inheritdoc/>
    public override long LoseActor(Action<BatchConfirm> lost)
    {
        var bytes = base.LoseActor(lost);
        Settlements.Clear();
        return bytes;
    }

    /// <inheritdoc/>
    public override long LoseTouch(Action<BatchConfirm> lost)
    {
        Settlements.Clear();
        return base.LoseTouch(lost);
    }

    /// <summary>The settlements gathered so far; the list is handed over.</summary>
    public List<Settlement> TakeSettlements()
    {
        var settlements = Settlements;
        Settlements = [];
        return settlements;
    }
}

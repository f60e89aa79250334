using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Statistics;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// What is published, by exchanges and queues: once for a run of messages of one channel that have the same target and go to
/// the same queues.
/// </content>
public sealed partial class BrokerSession
{
    private Dictionary<int, ChannelCounters>? _publishers;
    private SessionTarget? _runTarget;
    private QueueLink[] _runLinks = [];
    private PublishConfirm _runFirst;
    private ulong _runNextTag;
    private ulong _runStep;
    private int _runLength;

    /// <summary>One message more.</summary>
    /// <param name="target">Its target.</param>
    /// <param name="links">Where it goes.</param>
    /// <param name="confirm">Who publishes, and the confirm that is awaited.</param>
    internal void Count(SessionTarget target, QueueLink[] links, PublishConfirm confirm)
    {
        if (ReferenceEquals(target, _runTarget) && ReferenceEquals(links, _runLinks) && confirm.Tag == _runNextTag && confirm.Channel == _runFirst.Channel)
        {
            _runLength++;
            _runNextTag += _runStep;
        }
        else if (target.Counters is not null)
        {
            BeginRun(target, links, confirm);
        }
    }

    private void BeginRun(SessionTarget target, QueueLink[] links, PublishConfirm confirm)
    {
        FlushCounts();
        (_runTarget, _runLinks, _runFirst, _runLength) = (target, links, confirm, 1);
        _runStep = confirm.IsWanted ? 1U : 0;
        _runNextTag = confirm.Tag + _runStep;
    }

    private void FlushCounts()
    {
        if (_runLength == 0)
        {
            return;
        }

        var (target, links, count) = (_runTarget!, _runLinks, _runLength);
        (_runTarget, _runLength) = (null, 0);
        target.Counters!.PublishedIn += count;
        target.Counters.PublishedOut += (long)count * links.Length;
        if (CountersOf(_runFirst.Channel)?.CountedPairs is { } pairs)
        {
            var exchange = target.Exchange.Name;
            pairs.CountPublished(exchange, count, _runFirst.Tag);
            foreach (var link in links)
            {
                link.CountPublished(pairs, exchange, count);
            }
        }
    }

    private ChannelCounters? CountersOf(int channelId)
    {
        if (_publishers is not null && _publishers.TryGetValue(channelId, out var known))
        {
            return known;
        }

        if (_figures?.FindChannel(channelId) is not { } counters)
        {
            return null;
        }

        (_publishers ??= []).Add(channelId, counters);
        return counters;
    }

    // Exchanges and queues are kept apart for those who watch.
    private void BeginPairs(SessionChannel channel) => channel.Figures?.Counters.BeginPairs(_services.Statistics.Pairs);

    private void EndCounting(SessionChannel channel)
    {
        FlushCounts();
        _publishers?.Remove(channel.Id);
    }
}

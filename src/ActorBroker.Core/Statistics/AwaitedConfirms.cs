namespace ActorBroker.Core.Statistics;

/// <summary>
/// Which exchanges the publishes went to that a channel has not been told of: tags as runs, so that a channel with one
/// exchange has one of them. For its connection alone.
/// </summary>
internal sealed class AwaitedConfirms
{
    // A client that goes from exchange to exchange with each message: what is beyond is not counted by exchange.
    private const int RunsMax = 4_096;
    private const int CompactionMin = 64;

    private readonly List<Run> _runs = [];
    private int _first;

    /// <summary>Runs of tags that are kept.</summary>
    public int RunCount => _runs.Count - _first;

    /// <summary>Publishes to one exchange; tags rise.</summary>
    public void Add(ulong firstTag, long count, ExchangePair exchange)
    {
        var lastTag = firstTag + (ulong)count - 1;
        if (RunCount > 0 && _runs[^1] is var last && ReferenceEquals(last.Exchange, exchange) && last.LastTag + 1 == firstTag)
        {
            _runs[^1] = last with { LastTag = lastTag, Left = last.Left + count };
        }
        else if (RunCount < RunsMax)
        {
            _runs.Add(new Run(firstTag, lastTag, count, exchange));
        }
    }

    /// <summary>What has become of publishes; each is told of once, in any order.</summary>
    public void Answer(ulong firstTag, ulong lastTag, bool negative)
    {
        for (var index = IndexOf(firstTag); index < _runs.Count && _runs[index].FirstTag <= lastTag; index++)
        {
            var run = _runs[index];
            var count = (long)(Math.Min(lastTag, run.LastTag) - Math.Max(firstTag, run.FirstTag) + 1);
            run.Exchange.Confirmed += negative ? 0 : count;
            _runs[index] = run with { Left = run.Left - count };
        }

        Compact();
    }

    // The first run that does not end before the tag.
    private int IndexOf(ulong tag)
    {
        var (low, high) = (_first, _runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runs[middle].LastTag < tag)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void Compact()
    {
        while (_first < _runs.Count && _runs[_first].Left <= 0)
        {
            _first++;
        }

        if (_first == _runs.Count || (_first >= CompactionMin && _first * 2 >= _runs.Count))
        {
            _runs.RemoveRange(0, _first);
            _first = 0;
        }
    }

    private readonly record struct Run(ulong FirstTag, ulong LastTag, long Left, ExchangePair Exchange);
}

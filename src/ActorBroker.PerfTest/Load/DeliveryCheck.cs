using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Options;

namespace ActorBroker.PerfTest.Load;

/// <summary>What should arrive in the queues that are consumed, and what was wrong with what did.</summary>
internal sealed class DeliveryCheck
{
    private readonly PerfOptions _options;
    private readonly SequenceChecker[] _checkers;
    private readonly int[] _consumedQueues;
    private readonly long _readyAtStart;

    /// <param name="run">See <see cref="MessageStamp"/>.</param>
    /// <param name="readyAtStart">Messages in the queues before the run.</param>
    public DeliveryCheck(PerfOptions options, int run, long readyAtStart)
    {
        _options = options;
        _readyAtStart = readyAtStart;
        _checkers = new SequenceChecker[options.Queues.Count];
        for (var queue = 0; queue < _checkers.Length; queue++)
        {
            // Those beyond a whole number for each go to the first queues.
            var hasOneConsumer = (options.Consumers - 1 - queue) / _checkers.Length == 0;
            _checkers[queue] = new SequenceChecker(options.DrainOnly ? null : run, hasOneConsumer);
        }

        _consumedQueues = [.. Enumerable.Range(0, options.Consumers > 0 ? _checkers.Length : 0)];
    }

    public long Foreign => _checkers.Sum(checker => checker.Foreign);

    private bool HasSequences => _options.Size >= MessageStamp.IdentitySize;

    public SequenceChecker CheckerOf(int queue) => _checkers[queue];

    /// <summary>Everything that was published has come, or what a drain is to take.</summary>
    /// <param name="consumed">By all consumers, messages of other runs included.</param>
    public bool IsComplete(IReadOnlyList<Producer> producers, long consumed)
    {
        if (_options.DrainOnly)
            return consumed >= (_options.Count ?? _readyAtStart);

        // The exact answer is dearer and only needed when the sum allows it.
        if (consumed < Expected(producers))
            return false;
        return !HasSequences || Routes(producers.Count).All(route =>
            _checkers[route.Queue].ReceivedFrom(route.Producer) >= CountIn(route, producers));
    }

    /// <summary>To ask when nothing comes any more. What the broker rejected is not lost.</summary>
    public SequenceFaults Faults(IReadOnlyList<Producer> producers, long consumed)
    {
        var rejected = producers.Sum(producer => producer.Rejected);
        if (_options.DrainOnly)
            return HasSequences ? SumOfFaults() : default;
        if (!HasSequences)
            return new SequenceFaults(Math.Max(0, Expected(producers) - rejected - consumed), 0, 0);
        var faults = SumOfFaults();
        var atEnd = Routes(producers.Count).Sum(route =>
            _checkers[route.Queue].MissingAtEnd(route.Producer, CountIn(route, producers)));
        return faults with { Lost = Math.Max(0, faults.Lost + atEnd - rejected) };
    }

    private SequenceFaults SumOfFaults()
    {
        var sum = default(SequenceFaults);
        foreach (var queue in _consumedQueues)
            sum += _checkers[queue].Faults();
        return sum;
    }

    // Without sequences what was there before cannot be told from what was published.
    private long Expected(IReadOnlyList<Producer> producers) =>
        Routes(producers.Count).Sum(route => CountIn(route, producers)) + (HasSequences ? 0 : _readyAtStart);

    private long CountIn((int Producer, int Queue) route, IReadOnlyList<Producer> producers) =>
        _options.CountIn(route.Queue, producers[route.Producer].Published);

    private IEnumerable<(int Producer, int Queue)> Routes(int producers) =>
        from producer in Enumerable.Range(0, producers)
        from queue in _consumedQueues
        where _options.Routes(producer, queue)
        select (producer, queue);
}

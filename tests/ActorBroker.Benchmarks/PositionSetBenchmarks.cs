using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>The set of positions that a queue works with. The time is that of one position.</summary>
[MemoryDiagnoser]
public class PositionSetBenchmarks
{
    private const int Positions = 1_000;

    // Prime to the number of positions: every one is come to once, far from the one before.
    private const int Stride = 617;

    private readonly PositionSet _set = new();
    private long _next;

    /// <summary>What a queue with a consumer that keeps up does.</summary>
    [Benchmark(OperationsPerInvoke = Positions)]
    public long AddAtTheEndAndTakeFromTheFront()
    {
        for (var index = 0; index < Positions; index++)
        {
            _set.Add(new PositionRange(_next++, 1));
            _set.TakeFirst(1);
        }

        return _set.Count;
    }

    /// <summary>A consumer settles what it holds one by one, in no order.</summary>
    [Benchmark(OperationsPerInvoke = Positions)]
    public long RemoveScattered()
    {
        _set.Add(new PositionRange(0, Positions));
        for (long index = 0, position = 0; index < Positions; index++, position = (position + Stride) % Positions)
            _set.Remove(new PositionRange(position, 1));
        return _set.Count;
    }
}

using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Collections;

/// <summary>Runs of values, against a dictionary with an entry for each position.</summary>
public sealed class PositionMapSpec
{
    private readonly record struct Operation(int Kind, int First, int Count, int Value);

    private static readonly Gen<Operation> Operations = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 120], Gen.Frequency((5, Gen.Int[0, 3]), (2, Gen.Int[0, 30])), Gen.Int[0, 2],
        static (kind, first, count, value) => new Operation(kind, first, count, value));

    [Fact]
    public void It_holds_what_a_dictionary_holds() =>
        Operations.Array[0, 150].Sample(
            static operations =>
            {
                var map = new PositionMap();
                var expected = new SortedDictionary<long, long>();
                foreach (var operation in operations)
                {
                    Apply(operation, map, expected);
                    AssertEqual(expected, map);
                }
            },
            iter: 400);

    [Fact]
    public void Neighbours_of_one_value_are_one_run()
    {
        var map = new PositionMap();
        map.Set(new PositionRange(0, 10), 7);
        map.Set(new PositionRange(20, 10), 7);
        map.Set(new PositionRange(10, 10), 7);

        Assert.Equal([new PositionRun(new PositionRange(0, 30), 7)], map.ToArray());
    }

    [Fact]
    public void A_map_that_is_used_as_a_queue_stays_small()
    {
        var map = new PositionMap();
        for (var position = 0L; position < 10_000; position++)
        {
            map.Set(new PositionRange(position, 1), position % 3);
            Assert.Equal(position < 10 ? 0 : 1, map.Remove(new PositionRange(position - 10, 1)));
        }

        Assert.Equal(10, map.RunCount);
    }

    private static void Apply(Operation operation, PositionMap map, SortedDictionary<long, long> expected)
    {
        var range = new PositionRange(operation.First, operation.Count);
        switch (operation.Kind)
        {
            case < 6:
                map.Set(range, operation.Value);
                for (var position = range.First; position < range.End; position++)
                {
                    expected[position] = operation.Value;
                }

                break;
            case < 9:
                var gone = expected.Keys.Where(position => position >= range.First && position < range.End).ToArray();
                Array.ForEach(gone, position => expected.Remove(position));
                Assert.Equal(gone.Length, map.Remove(range));
                break;
            default:
                Assert.Equal(expected.Where(pair => pair.Key >= range.First && pair.Key < range.End).Sum(static pair => pair.Value), map.Sum(range));
                break;
        }
    }

    private static void AssertEqual(SortedDictionary<long, long> expected, PositionMap map)
    {
        var runs = map.ToArray();
        Assert.Equal(expected, runs.SelectMany(static run => Positions(run.Positions).Select(position => KeyValuePair.Create(position, run.Value))));
        Assert.All(runs.Zip(runs.Skip(1)), static pair => Assert.False(
            pair.First.Positions.End == pair.Second.Positions.First && pair.First.Value == pair.Second.Value, "Two runs should be one."));
        Assert.Equal(expected.Count == 0, map.IsEmpty);
        for (var position = 0L; position < 160; position += 7)
        {
            Assert.Equal(expected.TryGetValue(position, out var value) ? value : (long?)null, map.ValueAt(position, 20, out var count));
            Assert.InRange(count, 1, 20);
            Assert.All(Positions(new PositionRange(position, count)), next =>
                Assert.Equal(expected.TryGetValue(position, out var same) ? same : (long?)null, expected.TryGetValue(next, out var other) ? other : (long?)null));
        }
    }

    private static IEnumerable<long> Positions(PositionRange range) => Enumerable.Range(0, (int)range.Count).Select(i => range.First + i);
}

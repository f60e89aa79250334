using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Collections;

/// <summary>Intervals of positions, against a set that holds each position.</summary>
public sealed class PositionSetSpec
{
    private const int PositionMax = 200;

    private enum Kind
    {
        Add,
        AddBehind,
        AddAll,
        Remove,
        RemoveInto,
        Take,
        Clear,
    }

    private readonly record struct Operation(Kind Kind, int First, int Count);

    private static readonly Gen<Operation> Operations = Gen.Select(
        Gen.Frequency(
            (30, Gen.Const(Kind.Add)),
            (20, Gen.Const(Kind.AddBehind)),
            (5, Gen.Const(Kind.AddAll)),
            (20, Gen.Const(Kind.Remove)),
            (15, Gen.Const(Kind.RemoveInto)),
            (20, Gen.Const(Kind.Take)),
            (1, Gen.Const(Kind.Clear))),
        Gen.Int[0, PositionMax],
        Gen.Frequency((5, Gen.Int[0, 2]), (2, Gen.Int[0, 20]), (1, Gen.Int[0, PositionMax])),
        static (kind, first, count) => new Operation(kind, first, count));

    [Fact]
    public void It_holds_what_a_set_of_single_positions_holds() =>
        Operations.Array[0, 150].Sample(
            static operations =>
            {
                var set = new PositionSet();
                var expected = new SortedSet<long>();
                foreach (var operation in operations)
                {
                    Apply(operation, set, expected);
                    AssertEqual(expected, set);
                }
            },
            iter: 500);

    [Fact]
    public void A_queue_of_positions_stays_right_while_its_arrays_grow_slide_and_shrink()
    {
        var set = new PositionSet();
        var expected = new SortedSet<long>();
        for (var round = 0; round < 3; round++)
        {
            // Gaps of one make each position an interval of its own.
            for (long position = 0; position < 3000; position++)
            {
                set.Add(new PositionRange((round * 10_000) + (position * 2), 1));
                expected.Add((round * 10_000) + (position * 2));
                if (position % 3 == 2)
                {
                    Assert.Equal(new PositionRange(expected.Min, 1), set.TakeFirst(5));
                    expected.Remove(expected.Min);
                }
            }

            AssertEqual(expected, set);
            while (expected.Count > 0)
            {
                Assert.Equal(new PositionRange(expected.Min, 1), set.TakeFirst(long.MaxValue));
                expected.Remove(expected.Min);
            }

            AssertEqual(expected, set);
        }
    }

    [Fact]
    public void A_range_up_to_the_highest_position_can_be_removed()
    {
        var set = new PositionSet();
        set.Add(new PositionRange(5, 10));

        Assert.Equal(8, set.Remove(new PositionRange(7, long.MaxValue - 7)));

        Assert.Equal([new PositionRange(5, 2)], set.ToArray());
    }

    [Fact]
    public void An_empty_set_has_no_first_position()
    {
        var set = new PositionSet();

        Assert.Throws<InvalidOperationException>(() => set.First);
        Assert.Throws<InvalidOperationException>(() => set.TakeFirst(1));
    }

    private static void Apply(Operation operation, PositionSet set, SortedSet<long> expected)
    {
        var range = new PositionRange(operation.First, operation.Count);
        switch (operation.Kind)
        {
            case Kind.Add:
                set.Add(range);
                expected.UnionWith(Positions(range));
                break;
            case Kind.AddBehind:
                var behind = range with { First = (expected.Count == 0 ? 0 : expected.Max + 1) + (operation.First % 3) };
                set.Add(behind);
                expected.UnionWith(Positions(behind));
                break;
            case Kind.AddAll:
                var other = new PositionSet();
                other.Add(range);
                other.Add(range with { First = range.End + 3 });
                set.AddAll(other);
                expected.UnionWith(Positions(range));
                expected.UnionWith(Positions(range with { First = range.End + 3 }));
                break;
            case Kind.Remove:
                Assert.Equal(Positions(range).Count(expected.Remove), set.Remove(range));
                break;
            case Kind.RemoveInto:
                var removed = new PositionSet();
                var gone = new SortedSet<long>(Positions(range).Where(expected.Remove));
                Assert.Equal(gone.Count, set.Remove(range, removed));
                AssertEqual(gone, removed);
                break;
            case Kind.Take when expected.Count > 0 && operation.Count > 0:
                var taken = set.TakeFirst(operation.Count);
                Assert.Equal(expected.Min, taken.First);
                Assert.InRange(taken.Count, 1, operation.Count);
                Assert.Equal(taken.Count, Positions(taken).Count(expected.Remove));
                Assert.True(taken.Count == operation.Count || !expected.Contains(taken.End), "It took less than it could.");
                break;
            case Kind.Clear:
                set.Clear();
                expected.Clear();
                break;
            default:
                break;
        }
    }

    private static IEnumerable<long> Positions(PositionRange range)
    {
        for (var position = range.First; position < range.End; position++)
        {
            yield return position;
        }
    }

    private static void AssertEqual(SortedSet<long> expected, PositionSet set)
    {
        var intervals = set.ToArray();
        Assert.Equal(expected, intervals.SelectMany(Positions));
        Assert.Equal(expected.Count, set.Count);
        Assert.Equal(expected.Count == 0, set.IsEmpty);
        Assert.Equal(intervals.Length, set.IntervalCount);
        for (var i = 0; i < intervals.Length; i++)
        {
            Assert.Equal(intervals[i], set.Interval(i));
            Assert.True(intervals[i].Count > 0 && (i == 0 || intervals[i - 1].End < intervals[i].First), "Intervals touch or are empty.");
        }

        if (expected.Count > 0)
        {
            Assert.Equal(expected.Min, set.First.First);
        }

        foreach (var position in new[] { -1, 0, PositionMax / 2, PositionMax }.Select(static position => (long)position).Concat(intervals.Select(static range => range.End)))
        {
            Assert.Equal(expected.Contains(position), set.Contains(position));
        }
    }
}

using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Lifetime;

public sealed class DueIndexSpec
{
    private static readonly Gen<(int Count, int Due, int Wait)[]> Additions =
        Gen.Select(Gen.Int[1, 9], Gen.Int[0, 3000], Gen.Int[0, 200], static (count, due, wait) => (count, due, wait)).Array[1, 60];

    [Theory]
    [InlineData(7, 7)]
    [InlineData(100, 104)]
    [InlineData(1000, 1049)]
    [InlineData(3_600_000, 3_600_049)]
    public void What_waits_shortly_is_told_of_nearly_to_the_millisecond(long wait, long most)
    {
        for (var now = 1_700_000_000_000; now < 1_700_000_000_200; now++)
            Assert.InRange(DueIndex.RoundUp(now + wait, now) - now, wait, most);
    }

    [Fact]
    public void Every_position_comes_out_once_not_before_its_time_and_at_most_50_ms_after() =>
        Additions.Sample(static additions =>
        {
            var index = new DueIndex();
            var due = new Dictionary<long, long>();
            var now = 0L;
            foreach (var (count, after, wait) in additions)
            {
                var positions = new PositionRange(due.Count == 0 ? 0 : due.Keys.Max() + 1, count);
                index.Add(positions, DueIndex.RoundUp(now + after, now));
                for (var i = 0; i < count; i++)
                {
                    due.Add(positions.First + i, now + after);
                }

                now += wait;
                TakeDue(index, due, now);
            }

            TakeDue(index, due, long.MaxValue);
            Assert.Equal(long.MaxValue, index.NextDue);
            Assert.Equal(0, index.EntryCount);
            Assert.All(due.Values, static left => Assert.Equal(-1, left));
        });

    [Fact]
    public void What_is_due_at_the_same_time_comes_out_by_position() => Gen.Int[0, 3].Array[1, 200].Sample(static times =>
    {
        var index = new DueIndex();
        for (var i = 0; i < times.Length; i++)
        {
            index.Add(new PositionRange(i, 1), times[i]);
        }

        var taken = new List<long>();
        while (index.TryTakeDue(long.MaxValue, out var positions))
        {
            for (var position = positions.First; position < positions.End; position++)
            {
                taken.Add(position);
            }
        }

        Assert.Equal(Enumerable.Range(0, times.Length).Select(static i => (long)i).OrderBy(i => times[i]), taken);
    });

    [Fact]
    public void What_arrives_within_50_ms_for_the_same_time_is_one_entry()
    {
        var index = new DueIndex();
        for (var now = 0; now < 1000; now++)
        {
            index.Add(new PositionRange(now * 100, 100), DueIndex.RoundUp(now + 60_000, now));
        }

        Assert.InRange(index.EntryCount, 20, 21);
    }

    [Fact]
    public void What_is_not_wanted_is_forgotten_once_it_is_most_of_it()
    {
        var index = new DueIndex();
        var live = new PositionSet();
        for (var position = 0; position < 100_000; position++)
        {
            // Neighbours never share a time.
            index.Add(new PositionRange(position, 1), 1_000_000 + (position % 2 * DueIndex.BucketMs));
            live.Add(new PositionRange(position, 1));
            live.Remove(new PositionRange(position - 10, 1));
            index.Retain(live.Count, () => live);
            Assert.InRange(index.EntryCount, 0, 1100);
        }

        var left = new PositionSet();
        while (index.TryTakeDue(long.MaxValue, out var positions))
        {
            left.Add(positions);
        }

        Assert.All(live.ToArray(), range => Assert.True(left.Contains(range.First)));
    }

    [Fact]
    public void The_entries_are_all_that_was_added()
    {
        var index = new DueIndex();
        index.Add(new PositionRange(3, 2), 100);
        index.Add(new PositionRange(5, 1), 100);
        index.Add(new PositionRange(0, 1), 50);

        Assert.Equal(
            [new PositionRun(new PositionRange(0, 1), 50), new PositionRun(new PositionRange(3, 3), 100)],
            index.Entries().OrderBy(static run => run.Value));
        Assert.Equal(50, index.NextDue);
    }

    private static void TakeDue(DueIndex index, Dictionary<long, long> due, long now)
    {
        var last = long.MinValue;
        while (index.NextDue is var next && index.TryTakeDue(now, out var positions))
        {
            Assert.True(next >= last);
            last = next;
            for (var position = positions.First; position < positions.End; position++)
            {
                Assert.InRange(due[position], 0, now);
                due[position] = -1;
            }
        }

        Assert.All(due.Values, left => Assert.True(left == -1 || left > now - DueIndex.BucketMs, "A position is late."));
    }
}

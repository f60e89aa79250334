using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Session;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class UnsettledDeliveriesTests
{
    // What happens to a channel: so many deliveries for a consumer, with a gap in its positions or not, or a settlement of
    // the unsettled tag at a fraction of all, or of a tag that is not there.
    private static readonly Gen<(int Kind, int Count, int Consumer, bool Gap, double Fraction)[]> Steps =
        Gen.Select(Gen.Int[0, 9], Gen.Frequency((3, Gen.Int[1, 5]), (1, Gen.Int[50, 300])), Gen.Int[1, 3], Gen.Bool, Gen.Double[0, 1])
            .Array[0, 120];

    [Fact]
    public void It_settles_exactly_what_a_list_would() => Steps.Sample(steps =>
    {
        var deliveries = new UnsettledDeliveries();
        var expected = new SortedDictionary<ulong, (int Consumer, long Position)>();
        var nextPosition = new long[4];
        ulong nextTag = 1;
        foreach (var (kind, count, consumer, gap, fraction) in steps)
        {
            var settled = new Settled();
            if (kind < 4)
            {
                nextPosition[consumer] += gap ? 10 : 0;
                deliveries.Add(nextTag, count, consumer, nextPosition[consumer]);
                for (var index = 0; index < count; index++)
                    expected.Add(nextTag++, (consumer, nextPosition[consumer]++));
            }
            else if (kind == 9)
            {
                deliveries.SettleAll(settled);
                Assert.Equal(expected.Values, settled.All);
                expected.Clear();
            }
            else
            {
                var tag = kind == 8 ? (ulong)(nextTag * fraction * 1.2)
                    : expected.Count == 0 ? 0 : expected.Keys.ElementAt((int)(fraction * (expected.Count - 1)));
                var multiple = kind == 7;
                var gone = expected.Where(entry => multiple ? entry.Key <= tag : entry.Key == tag).ToArray();

                var found = deliveries.TrySettle(tag, multiple, settled);

                Assert.Equal(expected.ContainsKey(tag), found);
                Assert.Equal(found ? gone.Select(entry => entry.Value) : [], settled.All);
                foreach (var entry in gone)
                {
                    if (found)
                        expected.Remove(entry.Key);
                }
            }

            Assert.Equal(expected.Count, deliveries.Count);
        }
    });

    [Fact]
    public void What_is_restored_is_unsettled_as_before() => Gen.Select(Gen.Int[1, 400], Gen.Int[1, 400].Array[0, 60], Gen.Bool.Array[0, 60]).Sample((count, tags, kept) =>
    {
        var deliveries = new UnsettledDeliveries();
        for (var tag = 1; tag <= count; tag++)
            deliveries.Add((ulong)tag, 1, tag % 50 == 0 ? 2 : 1, tag * 3 / 2);
        var (undone, gone) = (new Settled(), new Settled());
        for (var i = 0; i < tags.Length; i++)
            deliveries.TrySettle((ulong)tags[i], multiple: i % 7 == 0, i < kept.Length && kept[i] ? gone : undone);

        deliveries.Restore(undone.Ranges);

        var all = new Settled();
        var before = deliveries.Count;
        deliveries.SettleAll(all);
        Assert.Equal(count - gone.All.Count(), before);
        Assert.Equal(Enumerable.Range(1, count).Select(tag => (tag % 50 == 0 ? 2 : 1, (long)(tag * 3 / 2))).Except(gone.All), all.All);
    });

    [Fact]
    public void A_multiple_acknowledgement_is_few_ranges()
    {
        var deliveries = new UnsettledDeliveries();
        for (var index = 0; index < 1000; index++)
            deliveries.Add((ulong)index + 1, 1, 1, index);
        var settled = new Settled();

        Assert.True(deliveries.TrySettle(1000, multiple: true, settled));

        Assert.InRange(settled.RangeCount, 1, 16);
    }

    [Fact]
    public void One_delivery_that_stays_unsettled_does_not_keep_the_others_in_memory()
    {
        var deliveries = new UnsettledDeliveries();
        deliveries.Add(1, 1, 1, 0);
        var settled = new Settled();
        for (ulong tag = 2; tag < 20_000; tag++)
        {
            deliveries.Add(tag, 1, 1, (long)tag * 2);
            Assert.True(deliveries.TrySettle(tag, multiple: false, settled));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong tag = 20_000; tag < 20_200; tag++)
        {
            deliveries.Add(tag, 1, 1, (long)tag * 2);
            deliveries.TrySettle(tag, multiple: false, settled);
        }

        // Arrays of thousands of runs would be allocated here if they were kept.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(1, deliveries.Count);
    }

    private sealed class Settled : ISettledRanges
    {
        private readonly List<(int, PositionRange)> _ranges = [];

        public int RangeCount => _ranges.Count;

        public IEnumerable<(int Consumer, long Position)> All =>
            _ranges.SelectMany(range => Enumerable.Range(0, (int)range.Item2.Count).Select(index => (range.Item1, range.Item2.First + index)));

        public List<UnsettledRange> Ranges { get; } = [];

        public void OnSettled(int consumerId, PositionRange positions, ulong firstTag)
        {
            _ranges.Add((consumerId, positions));
            Ranges.Add(new UnsettledRange(firstTag, consumerId, positions));
        }
    }
}

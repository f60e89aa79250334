using ActorBroker.PerfTest.Checking;
using CsCheck;
using Xunit;

namespace ActorBroker.PerfTest.Tests.Checking;

public sealed class SequenceStreamTests
{
    [Fact]
    public void Numbers_in_order_are_all_right()
    {
        var stream = Observe(1, 2, 3, 4);

        Assert.Equal((0, 0, 0, 4), (stream.Missing, stream.Duplicates, stream.OutOfOrder, stream.Received));
    }

    [Fact]
    public void Skipped_numbers_are_missing()
    {
        var stream = Observe(2, 3, 7);

        Assert.Equal((4, 0, 0, 3), (stream.Missing, stream.Duplicates, stream.OutOfOrder, stream.Received));
        Assert.Equal(7, stream.Highest);
    }

    [Fact]
    public void A_number_that_came_before_is_a_duplicate()
    {
        var stream = Observe(1, 2, 2, 1);

        Assert.Equal((0, 2, 0, 2), (stream.Missing, stream.Duplicates, stream.OutOfOrder, stream.Received));
    }

    [Fact]
    public void A_late_number_is_out_of_order_and_not_missing_any_more()
    {
        var stream = Observe(1, 3, 2, 4);

        Assert.Equal((0, 0, 1, 4), (stream.Missing, stream.Duplicates, stream.OutOfOrder, stream.Received));
    }

    [Fact]
    public void What_is_redelivered_may_be_late_or_a_repetition()
    {
        var stream = Observe(1, 3);
        stream.Observe(2, redelivered: true);
        stream.Observe(1, redelivered: true);

        Assert.Equal((0, 0, 0), (stream.Missing, stream.Duplicates, stream.OutOfOrder));
    }

    [Fact]
    public void Several_consumers_of_a_queue_may_be_late()
    {
        var stream = new SequenceStream(1, isOrdered: false);
        foreach (var sequence in new long[] { 2, 1, 1 })
            stream.Observe(sequence, redelivered: false);

        Assert.Equal((0, 1, 0), (stream.Missing, stream.Duplicates, stream.OutOfOrder));
    }

    [Fact]
    public void The_number_of_open_gaps_is_bounded_and_what_is_given_up_stays_missing()
    {
        var stream = new SequenceStream(1, isOrdered: true);
        const int gaps = SequenceStream.GapsMax + 10;
        for (var index = 1; index <= gaps; index++)
            stream.Observe(2 * index, redelivered: false);

        Assert.Equal(gaps, stream.Missing);
        stream.Observe(1, redelivered: false);
        Assert.Equal((gaps, 1), (stream.Missing, stream.Duplicates));
    }

    [Fact]
    public void Any_order_of_numbers_is_judged_as_a_naive_model_does() =>
        Gen.Long[1, 40].Array[0, 80].Sample(sequences =>
        {
            var stream = Observe(sequences);
            var seen = new HashSet<long>();
            var (highest, duplicates, late) = (0L, 0L, 0L);
            foreach (var sequence in sequences)
            {
                if (!seen.Add(sequence))
                    duplicates++;
                else if (sequence < highest)
                    late++;
                highest = Math.Max(highest, sequence);
            }

            Assert.Equal((highest, highest - seen.Count, duplicates, late, seen.Count), (stream.Highest, stream.Missing, stream.Duplicates, stream.OutOfOrder, stream.Received));
        });

    private static SequenceStream Observe(params long[] sequences)
    {
        var stream = new SequenceStream(1, isOrdered: true);
        foreach (var sequence in sequences)
            stream.Observe(sequence, redelivered: false);
        return stream;
    }
}

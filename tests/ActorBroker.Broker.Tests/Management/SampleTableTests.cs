using ActorBroker.Broker.Management;
using ActorBroker.Contracts.Statistics;
using Xunit;

namespace ActorBroker.Broker.Tests.Management;

public sealed class SampleTableTests
{
    private const string Queue = "queue";

    // One count, one gauge.
    private readonly SampleTable<string> _table = new(gaugesFrom: 1);
    private long _now = 1_000_000;

    [Fact]
    public void Nothing_is_kept_of_what_nothing_has_happened_to()
    {
        Sample(0, 0);
        Assert.Null(_table.Find(Queue));
    }

    [Fact]
    public void A_rate_is_the_growth_between_the_last_two_looks()
    {
        Sample(0, 0);
        Sample(50, 3);
        Assert.Equal([10, 0], Rates());
        Sample(55, 1);
        Assert.Equal([1, -0.4], Rates());
        Sample(55, 1);
        Assert.Equal([0, 0], Rates());
    }

    [Fact]
    public void What_was_there_before_the_first_look_is_no_growth()
    {
        Sample(1_000_000, 7);
        Assert.Equal([0, 0], Rates());
    }

    [Fact]
    public void After_a_long_rest_the_rate_is_that_of_now()
    {
        Sample(0, 0);
        Sample(5, 0);
        for (var i = 0; i < 1_000; i++)
        {
            Sample(5, 0);
        }

        Assert.Equal([0, 0], Rates());
        Sample(30, 0);
        Assert.Equal([5, 0], Rates());
    }

    [Fact]
    public void What_is_sampled_no_more_is_forgotten()
    {
        Sample(1, 1);
        _table.Begin(_now += 5_000);
        _table.End();
        Assert.Null(_table.Find(Queue));
    }

    [Fact]
    public void A_column_is_read_back_in_the_steps_that_are_asked_for()
    {
        for (var i = 1; i <= 10; i++)
        {
            Sample(i, 100 - i);
        }

        var ring = _table.Find(Queue)!;
        Assert.Equal([10, 8, 6], ring.Column(0, _now, 20_000, 10_000).Select(sample => sample.Value));
        Assert.Equal([90, 91], ring.Column(1, _now + 1, 5_000, 5_000).Select(sample => sample.Value));
        Assert.Equal(_now - 10_000, ring.Column(0, _now, 20_000, 10_000)[1].At);
    }

    [Fact]
    public void Of_many_samples_the_newest_are_kept()
    {
        var ring = new SampleRing(width: 1, capacity: 5);
        for (var i = 1; i <= 12; i++)
        {
            ring.Add(i * 1_000, [i]);
        }

        Assert.Equal([12, 11, 10, 9, 8], ring.Column(0, 12_000, 60_000, 1_000).Select(sample => sample.Value));
    }

    [Fact]
    public void Of_many_objects_fewer_rows_are_kept_for_good()
    {
        var table = new SampleTable<int>(gaugesFrom: 1) { RowsOfMany = 2 };
        for (var look = 0; look < 20; look++)
        {
            table.Begin(_now += 5_000);
            for (var key = 0; key < 1_500; key++)
            {
                // Some rest for a while.
                table.Sample(key, [look is > 5 and < 12 && key % 2 == 0 ? 6 : look + 1]);
            }

            table.End();
        }

        Assert.Equal(
            [20, 2, 2],
            new[] { 1, 1_300, 1_301 }.Select(key => table.Find(key)!.Column(0, _now, 95_000, 5_000).Count));
    }

    private double[] Rates()
    {
        var rates = new double[2];
        _table.Find(Queue)!.Rates(rates);
        return rates;
    }

    private void Sample(long count, long gauge)
    {
        _table.Begin(_now += 5_000);
        _table.Sample(Queue, [count, gauge]);
        _table.End();
    }
}

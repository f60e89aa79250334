using System.Diagnostics;
using ActorBroker.PerfTest.Load;
using ActorBroker.PerfTest.Reporting;
using Xunit;

namespace ActorBroker.PerfTest.Tests.Load;

public sealed class ConfirmWindowTests
{
    private static readonly long Millisecond = Stopwatch.Frequency / 1000;

    private readonly LatencyRecorder _latencies = new();

    [Fact]
    public void A_multiple_confirm_settles_all_up_to_its_tag()
    {
        var window = new ConfirmWindow(10, _latencies);
        window.Add(10, sentAt: Millisecond);
        Assert.Equal(0, window.WaitForRoom(TimeSpan.Zero));

        window.Settle(7, multiple: true, accepted: true, now: 3 * Millisecond);

        Assert.Equal(7, window.Confirmed);
        Assert.Equal(7, window.WaitForRoom(TimeSpan.Zero));
    }

    [Fact]
    public void Room_begins_at_the_lowest_unconfirmed_tag()
    {
        var window = new ConfirmWindow(4, _latencies);
        window.Add(4, sentAt: Millisecond);

        window.Settle(2, multiple: false, accepted: true, now: Millisecond);
        Assert.Equal(0, window.WaitForRoom(TimeSpan.Zero));
        window.Settle(1, multiple: false, accepted: false, now: Millisecond);

        Assert.Equal(2, window.WaitForRoom(TimeSpan.Zero));
        Assert.Equal((1, 1), (window.Confirmed, window.Rejected));
    }

    [Fact]
    public void Tags_go_around_the_window_for_ever()
    {
        var window = new ConfirmWindow(3, _latencies);
        for (var tag = 1UL; tag <= 100; tag++)
        {
            window.Add(1, sentAt: Millisecond);
            window.Settle(tag, multiple: tag % 2 == 0, accepted: true, now: 2 * Millisecond);
        }

        Assert.Equal(100, window.Confirmed);
        Assert.Equal(3, window.WaitForRoom(TimeSpan.Zero));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(6, false)]
    [InlineData(6, true)]
    public void A_confirm_of_nothing_that_awaits_one_is_an_error(ulong tag, bool multiple)
    {
        var window = new ConfirmWindow(8, _latencies);
        window.Add(5, sentAt: Millisecond);
        window.Settle(3, multiple: true, accepted: true, now: Millisecond);

        Assert.Throws<LoadException>(() => window.Settle(tag, multiple, accepted: true, now: Millisecond));
    }

    [Fact]
    public void The_time_from_send_to_confirm_is_recorded_for_each_message()
    {
        var window = new ConfirmWindow(10, _latencies);
        window.Add(1, sentAt: 1 * Millisecond);
        window.Add(3, sentAt: 6 * Millisecond);

        window.Settle(4, multiple: true, accepted: true, now: 11 * Millisecond);

        var total = _latencies.Total();
        Assert.NotNull(total);
        Assert.InRange(total.P50, 4_990, 5_010);
        Assert.InRange(total.Max, 9_990, 10_010);
    }
}

using ActorBroker.PerfTest.Load;
using Xunit;

namespace ActorBroker.PerfTest.Tests.Load;

public sealed class RatePacerTests
{
    private const long TicksPerSecond = 1_000_000;
    private const long Start = 5_000;

    [Fact]
    public void The_first_message_is_due_at_the_start()
    {
        var pacer = new RatePacer(1000, Start, TicksPerSecond);

        Assert.Equal(0, pacer.Due(Start - 1));
        Assert.Equal(1, pacer.Due(Start));
        Assert.Equal(0, pacer.TicksUntilNext(Start));
    }

    [Fact]
    public void After_a_message_the_next_is_due_when_the_rate_says()
    {
        var pacer = new RatePacer(1000, Start, TicksPerSecond);
        pacer.Sent(1);

        Assert.Equal(0, pacer.Due(Start + 999));
        Assert.Equal(1000, pacer.TicksUntilNext(Start));
        Assert.Equal(1, pacer.TicksUntilNext(Start + 999));
        Assert.Equal(1, pacer.Due(Start + 1000));
    }

    [Theory]
    [InlineData(0.5, 60)]
    [InlineData(3, 60)]
    [InlineData(1000, 10)]
    [InlineData(333_333, 10)]
    public void A_sender_that_waits_as_told_keeps_the_rate(double rate, int seconds)
    {
        var pacer = new RatePacer(rate, Start, TicksPerSecond);
        var sent = 0L;
        var now = Start;
        while (now < Start + (seconds * TicksPerSecond))
        {
            var due = (int)pacer.Due(now);
            pacer.Sent(due);
            sent += due;
            now += Math.Max(1, pacer.TicksUntilNext(now));
        }

        Assert.InRange(sent, Math.Floor(rate * seconds), Math.Ceiling(rate * seconds) + 1);
    }

    [Fact]
    public void What_was_held_up_is_made_up_for_but_no_more_than_a_second_of_it()
    {
        var pacer = new RatePacer(100, Start, TicksPerSecond);
        pacer.Sent(1);

        Assert.Equal(50, pacer.Due(Start + (TicksPerSecond / 2)));
        Assert.Equal(100, pacer.Due(Start + (30 * TicksPerSecond)));
        pacer.Sent(100);
        Assert.Equal(0, pacer.Due(Start + (30 * TicksPerSecond)));
        Assert.Equal(1, pacer.Due(Start + (30 * TicksPerSecond) + (TicksPerSecond / 100)));
    }
}

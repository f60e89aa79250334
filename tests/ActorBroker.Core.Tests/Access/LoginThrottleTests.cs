using ActorBroker.Core.Access;
using Xunit;

namespace ActorBroker.Core.Tests.Access;

public sealed class LoginThrottleTests
{
    private readonly StandingTime _clock = new();

    [Fact]
    public void A_source_waits_until_its_first_failure_is_long_enough_ago()
    {
        var throttle = new LoginThrottle(_clock, failuresMax: 2, TimeSpan.FromSeconds(10), sourcesMax: 10);
        throttle.Failed("a");
        _clock.Now += TimeSpan.FromSeconds(4);
        Assert.True(throttle.MayTry("a"));
        throttle.Failed("a");
        Assert.False(throttle.MayTry("a"));
        Assert.True(throttle.MayTry("b"));
        _clock.Now += TimeSpan.FromSeconds(6);
        Assert.True(throttle.MayTry("a"));
        throttle.Failed("a");
        Assert.False(throttle.MayTry("a"));
    }

    [Fact]
    public void Sources_beyond_those_that_are_remembered_push_out_the_first()
    {
        var throttle = new LoginThrottle(_clock, failuresMax: 1, TimeSpan.FromSeconds(10), sourcesMax: 2);
        foreach (var source in (string[])["a", "b", "c"])
            throttle.Failed(source);
        Assert.Equal((true, false, false), (throttle.MayTry("a"), throttle.MayTry("b"), throttle.MayTry("c")));
    }

    private sealed class StandingTime : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}

using ActorBroker.Core.Time;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Time;

public sealed class SteadyClockTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SettableClock _machine = new(Start);
    private readonly SteadyClock _clock;

    public SteadyClockTests() => _clock = new SteadyClock(_machine);

    [Fact]
    public void It_tells_the_time_of_a_clock_that_nobody_sets()
    {
        for (var second = 0; second < 100; second++)
        {
            Assert.Equal(_machine.GetUtcNow(), _clock.GetUtcNow());
            _machine.Pass(TimeSpan.FromMilliseconds(1_337));
        }
    }

    [Fact]
    public void A_clock_that_is_set_back_holds_nothing_up_and_is_met_again_in_ten_times_the_step()
    {
        _machine.Set(back: TimeSpan.FromMinutes(1));
        Pass(seconds: 10);
        var steady = _clock.GetUtcNow() - Start;
        Assert.InRange(steady.TotalSeconds, 9, 10);

        Pass(seconds: 700);
        Assert.InRange((_clock.GetUtcNow() - _machine.GetUtcNow()).TotalMilliseconds, -100, 200);
    }

    [Fact]
    public void A_clock_that_is_set_forward_is_followed_within_a_second()
    {
        _machine.Set(back: -TimeSpan.FromHours(3));
        Pass(seconds: 1);

        Assert.Equal(_machine.GetUtcNow(), _clock.GetUtcNow());
    }

    [Fact]
    public void It_never_goes_back_and_never_stands_still() =>
        Gen.Select(Gen.Int[1, 5_000], Gen.Frequency((10, Gen.Const(0)), (1, Gen.Int[-100_000, 100_000])))
            .Array[1, 200]
            .Sample(steps =>
            {
                var machine = new SettableClock(Start);
                var clock = new SteadyClock(machine);
                var last = clock.GetUtcNow();
                foreach (var (passed, back) in steps)
                {
                    machine.Set(TimeSpan.FromMilliseconds(back));
                    machine.Pass(TimeSpan.FromMilliseconds(passed));
                    var now = clock.GetUtcNow();
                    Assert.True(now - last >= TimeSpan.FromMilliseconds(passed * 0.89));
                    last = now;
                }
            });

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _machine.Pass(TimeSpan.FromSeconds(1));
            _clock.GetUtcNow();
        }
    }

    private sealed class SettableClock(DateTimeOffset start) : TimeProvider
    {
        private TimeSpan _passed;
        private DateTimeOffset _start = start;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _passed += time;

        public void Set(TimeSpan back) => _start -= back;

        public override long GetTimestamp() => _passed.Ticks;

        public override DateTimeOffset GetUtcNow() => _start + _passed;
    }
}

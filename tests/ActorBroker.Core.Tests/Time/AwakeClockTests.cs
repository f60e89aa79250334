using ActorBroker.Core.Time;
using Xunit;

namespace ActorBroker.Core.Tests.Time;

public sealed class AwakeClockTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly AwakeClock _clock;

    public AwakeClockTests() => _clock = new AwakeClock(_machine);

    public void Dispose() => _clock.Dispose();

    [Fact]
    public void While_the_process_runs_all_time_counts()
    {
        var start = _clock.GetTimestamp();
        for (var i = 0; i < 100; i++)
        {
            _machine.Run(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal(TimeSpan.FromSeconds(25), _clock.GetElapsedTime(start));
    }

    [Fact]
    public void A_pause_counts_as_a_second_whether_it_is_noticed_by_the_timer_or_by_a_reader()
    {
        var start = _clock.GetTimestamp();
        _machine.Pause(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.FromSeconds(1), _clock.GetElapsedTime(start));
        _machine.Run(TimeSpan.FromMilliseconds(250));
        Assert.Equal(TimeSpan.FromSeconds(1), _clock.GetElapsedTime(start));
        _machine.Run(TimeSpan.FromMilliseconds(250));
        Assert.Equal(TimeSpan.FromMilliseconds(1_250), _clock.GetElapsedTime(start));
    }

    [Fact]
    public void The_time_of_day_is_the_machines()
    {
        _machine.Pause(TimeSpan.FromMinutes(1));
        Assert.Equal(_machine.GetUtcNow(), _clock.GetUtcNow());
    }

    /// <summary>Time passes as told; timers come only while the process runs.</summary>
    private sealed class Machine : TimeProvider
    {
        private TimeSpan _now = TimeSpan.FromDays(1);
        private Action? _onTimer;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

        public void Pause(TimeSpan time) => _now += time;

        public void Run(TimeSpan time)
        {
            _now += time;
            _onTimer!();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _onTimer = () => callback(state);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}

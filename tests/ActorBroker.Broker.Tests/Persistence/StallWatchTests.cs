using ActorBroker.Broker.Persistence;
using Xunit;

namespace ActorBroker.Broker.Tests.Persistence;

public sealed class StallWatchTests
{
    private readonly SteppedClock _clock = new();
    private readonly StallWatch _watch;

    public StallWatchTests() => _watch = new StallWatch(_clock, TimeSpan.FromSeconds(10));

    [Fact]
    public void Silence_without_anything_under_way_is_none()
    {
        _watch.Begin();
        _watch.End();
        _clock.Seconds = 60;
        Assert.Null(_watch.Look());
    }

    [Fact]
    public void Writes_that_come_and_end_are_no_stall_however_many_wait()
    {
        for (; _clock.Seconds < 60; _clock.Seconds += 9)
        {
            _watch.Begin();
            _watch.Begin();
            Assert.Null(_watch.Look());
            _watch.End();
        }
    }

    [Fact]
    public void A_stall_is_told_when_it_begins_and_when_it_is_over()
    {
        _clock.Seconds = 3;
        _watch.Begin();
        _clock.Seconds = 12;
        _watch.Begin();
        Assert.Null(_watch.Look());
        _clock.Seconds = 13;
        Assert.Equal(new Stall(TimeSpan.FromSeconds(10), 2, IsOver: false), _watch.Look());
        _clock.Seconds = 93;
        Assert.Null(_watch.Look());
        _watch.End();
        Assert.Equal(new Stall(TimeSpan.FromSeconds(90), 1, IsOver: true), _watch.Look());
        Assert.Null(_watch.Look());
        _clock.Seconds = 103;
        Assert.Equal(new Stall(TimeSpan.FromSeconds(10), 1, IsOver: false), _watch.Look());
    }

    private sealed class SteppedClock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}

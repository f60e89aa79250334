using ActorBroker.Core.Messages;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What a list of commands made happen: a test that never evicts shows nothing about eviction.</summary>
internal sealed class ModelCoverage
{
    private long _loads;
    private long _withheld;
    private long _spills;
    private long _crashes;
    private long _settledWithoutWrite;
    private readonly long[] _died = new long[8];
    private long _dropped;
    private long _repeated;
    private long _delayed;
    private long _refused;
    private long _copied;
    private long _reclaimed;
    private long _shared;
    private long _timedOut;
    private long _read;
    private long _forgotten;
    private long _passivated;
    private long _held;
    private long _removed;

    public void Died(in DeadLetterSegment dead)
    {
        Interlocked.Increment(ref _died[(int)dead.Reason]);
        Interlocked.Add(ref _repeated, dead.IsRepeated ? 1 : 0);
    }

    public void Dropped(int count) => Interlocked.Add(ref _dropped, count);

    public void Refused(int count) => Interlocked.Add(ref _refused, count);

    public void Delayed(long count) => Interlocked.Add(ref _delayed, count);

    public void AssertLifetimesEnded() => Assert.All(
        [_died[(int)DeathReason.Rejected], _died[(int)DeathReason.Expired], _died[(int)DeathReason.MaxLength], _died[(int)DeathReason.DeliveryLimit], _dropped, _repeated, _delayed, _refused],
        static count => Assert.True(count > 20));

    public void Copied(int count) => Interlocked.Add(ref _copied, count);

    public void Reclaimed() => Interlocked.Increment(ref _reclaimed);

    public void Shared(int count) => Interlocked.Add(ref _shared, count);

    public void TimedOut(int count) => Interlocked.Add(ref _timedOut, count);

    public void AssertConsumersShared() => Assert.All(new[] { _shared, _timedOut }, static count => Assert.True(count > 20));

    public void Held(int count) => Interlocked.Add(ref _held, count);

    public void Removed(int count) => Interlocked.Add(ref _removed, count);

    public void AssertPositionsWereUsed() => Assert.All(new[] { _held, _removed }, static count => Assert.True(count > 20));

    public void Read(int count) => Interlocked.Add(ref _read, count);

    public void Forgotten() => Interlocked.Increment(ref _forgotten);

    public void Passivated() => Interlocked.Increment(ref _passivated);

    public void AssertHistoriesWereRead() =>
        Assert.All(new[] { _read, _forgotten, _passivated, _copied, _crashes, _loads }, static count => Assert.True(count > 20));

    public void Loaded() => Interlocked.Increment(ref _loads);

    public void Withheld() => Interlocked.Increment(ref _withheld);

    public void Spilled() => Interlocked.Increment(ref _spills);

    public void Crashed() => Interlocked.Increment(ref _crashes);

    public void SettledWithoutWrite() => Interlocked.Increment(ref _settledWithoutWrite);

    public void AssertEverythingHappened() =>
        Assert.All(new[] { _loads, _withheld, _spills, _crashes, _settledWithoutWrite, _copied, _reclaimed }, static count => Assert.True(count > 100));
}

namespace ActorBroker.Broker.Tests;

/// <summary>A clock whose timestamp stands still for so many readings, as after a pause, and is past everything then.</summary>
internal sealed class StandingClock(int readings) : TimeProvider
{
    private int _read;

    public int Read => _read;

    public override long GetTimestamp() => Interlocked.Increment(ref _read) <= readings ? 0 : TimestampFrequency * 3600;
}

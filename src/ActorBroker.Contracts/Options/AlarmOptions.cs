namespace ActorBroker.Contracts.Options;

/// <summary>When publishers are stopped because the machine runs short of something.</summary>
/// <param name="MemoryHighWatermark">Percent of the machine's (or container's) memory that the process may take.</param>
/// <param name="DiskFreeLimit">Bytes that the data folder's disk must have free.</param>
/// <param name="CheckInterval">How often both are looked at.</param>
public sealed record AlarmOptions(int MemoryHighWatermark, long DiskFreeLimit, TimeSpan CheckInterval)
{
    public static AlarmOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new AlarmOptions(
            settings.WholeNumber("actorbroker.alarms.memory-high-watermark-percent", 0, 100),
            settings.Bytes("actorbroker.alarms.disk-free-limit", 0, long.MaxValue),
            settings.Duration("actorbroker.alarms.check-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)));
    }
}

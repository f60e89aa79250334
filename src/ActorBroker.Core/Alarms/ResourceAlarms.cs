namespace ActorBroker.Core.Alarms;

/// <summary>What a node runs short of. While anything is, publishers are not read from; consumers go on.</summary>
[Flags]
public enum ResourceAlarms : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The process takes more memory than the watermark.</summary>
    Memory = 1,

    /// <summary>The data folder's disk has less room than the limit.</summary>
    Disk = 2,
}

/// <summary>How clients are told.</summary>
public static class ResourceAlarmsText
{
    /// <summary>The reason in connection.blocked, in RabbitMQ's words; empty for none.</summary>
    public static string ToReason(this ResourceAlarms alarms) => alarms switch
    {
        ResourceAlarms.None => string.Empty,
        ResourceAlarms.Memory => "low on memory",
        ResourceAlarms.Disk => "low on disk",
        _ => "low on memory & disk",
    };
}

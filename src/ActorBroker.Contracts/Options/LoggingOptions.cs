namespace ActorBroker.Contracts.Options;

/// <summary>Severity of a log event, least first.</summary>
public enum LogSeverity
{
    Debug,
    Info,
    Warning,
    Error,
}

/// <summary>How a log event is written.</summary>
public enum LogFormat
{
    Text,
    Json,
}

/// <summary>What is logged, and how.</summary>
/// <param name="Level">Least severe event that is written.</param>
/// <param name="Format">Form of the one line that an event takes.</param>
public sealed record LoggingOptions(LogSeverity Level, LogFormat Format)
{
    public static LoggingOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new LoggingOptions(
            settings.OneOf(
                "actorbroker.log.level",
                ("debug", LogSeverity.Debug),
                ("info", LogSeverity.Info),
                ("warning", LogSeverity.Warning),
                ("error", LogSeverity.Error)),
            settings.OneOf("actorbroker.log.format", ("text", LogFormat.Text), ("json", LogFormat.Json)));
    }
}

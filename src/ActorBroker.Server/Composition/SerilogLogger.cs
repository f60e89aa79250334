using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using LogEvent = Akka.Event.LogEvent;

namespace ActorBroker.Server.Composition;

/// <summary>
/// Hands Akka's log events to the log of the process. Named in hocon/profiles/embedded.conf; Akka starts one a system.
/// </summary>
public sealed class SerilogLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    public SerilogLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(Write);
    }

    internal static void Write(LogEvent logEvent)
    {
        var level = LevelOf(logEvent);
        if (Log.IsEnabled(level))
        {
            Log.ForContext(Constants.SourceContextPropertyName, logEvent.LogSource)
                .Write(level, logEvent.Cause, "{Event:l}", logEvent.Message?.ToString());
        }
    }

    // What Akka finds worth telling about its own machinery (members, singletons, shards) is detail to a broker's user.
    private static LogEventLevel LevelOf(LogEvent logEvent) => logEvent.LogLevel() switch
    {
        Akka.Event.LogLevel.ErrorLevel => LogEventLevel.Error,
        Akka.Event.LogLevel.WarningLevel => LogEventLevel.Warning,
        Akka.Event.LogLevel.InfoLevel when !IsAkkas(logEvent) => LogEventLevel.Information,
        _ => LogEventLevel.Debug,
    };

    private static bool IsAkkas(LogEvent logEvent) =>
        logEvent.LogClass?.Namespace?.StartsWith("Akka", StringComparison.Ordinal) ?? false;
}

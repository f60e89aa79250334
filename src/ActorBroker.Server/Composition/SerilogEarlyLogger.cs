using Akka.Event;

namespace ActorBroker.Server.Composition;

/// <summary><see cref="SerilogLogger"/> for the moments in which no actor can log: early in the start, late in the end.</summary>
public sealed class SerilogEarlyLogger : MinimalLogger
{
    protected override void Log(object message)
    {
        if (message is LogEvent logEvent)
        {
            SerilogLogger.Write(logEvent);
        }
    }
}

using System.Globalization;
using ActorBroker.Contracts.Options;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace ActorBroker.Server.Composition;

/// <summary>The log of the process: one line an event on standard error, standard output being for the ready line.</summary>
internal sealed class LoggingSubsystem : IAsyncDisposable
{
    private LoggingSubsystem()
    {
    }

    public static LoggingSubsystem Start(LoggingOptions options)
    {
        ITextFormatter formatter = options.Format switch
        {
            LogFormat.Json => new JsonFormatter(renderMessage: true, formatProvider: CultureInfo.InvariantCulture),
            _ => new OneLineFormatter(),
        };
        Log.Logger = new LoggerConfiguration()
            .MinimumLevel.Is(Level(options.Level))
            .WriteTo.Console(formatter, standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger();
        return new LoggingSubsystem();
    }

    public ValueTask DisposeAsync() => Log.CloseAndFlushAsync();

    private static LogEventLevel Level(LogSeverity severity) => severity switch
    {
        LogSeverity.Debug => LogEventLevel.Debug,
        LogSeverity.Info => LogEventLevel.Information,
        LogSeverity.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };
}

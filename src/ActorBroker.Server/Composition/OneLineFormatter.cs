using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace ActorBroker.Server.Composition;

/// <summary>
/// <c>TIME LEVEL SOURCE MESSAGE [name=value ...] [exception]</c>, always one line: line breaks inside become " | ".
/// </summary>
internal sealed class OneLineFormatter : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(logEvent);
        ArgumentNullException.ThrowIfNull(output);
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        output.Write(' ');
        output.Write(Word(logEvent.Level));
        if (logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source) && source is ScalarValue { Value: string name })
        {
            output.Write(' ');
            output.Write(name);
        }

        output.Write(' ');
        output.Write(OnOneLine(logEvent.RenderMessage(CultureInfo.InvariantCulture)));
        foreach (var (property, value) in logEvent.Properties)
        {
            if (property != Constants.SourceContextPropertyName && !IsInMessage(logEvent, property))
            {
                output.Write(' ');
                output.Write(property);
                output.Write('=');
                output.Write(OnOneLine(value.ToString(null, CultureInfo.InvariantCulture)));
            }
        }

        if (logEvent.Exception is { } exception)
        {
            output.Write(" exception=");
            output.Write(OnOneLine(exception.ToString()));
        }

        output.WriteLine();
    }

    private static string Word(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info",
        LogEventLevel.Warning => "warning",
        _ => "error",
    };

    private static bool IsInMessage(LogEvent logEvent, string property) =>
        logEvent.MessageTemplate.Tokens.OfType<PropertyToken>().Any(token => token.PropertyName == property);

    private static string OnOneLine(string text) => text.ReplaceLineEndings(" | ");
}

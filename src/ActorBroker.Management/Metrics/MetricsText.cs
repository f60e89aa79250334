using System.Buffers;
using System.Globalization;
using System.Text;

namespace ActorBroker.Management.Metrics;

/// <summary>Writes the text format of Prometheus, version 0.0.4.</summary>
/// <param name="output">Takes the bytes.</param>
/// <param name="prefix">Before each name, such as <c>rabbitmq_</c>.</param>
internal sealed class MetricsText(IBufferWriter<byte> output, string prefix)
{
    /// <summary>What the text is to be labelled as.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>The head of a metric; its samples follow.</summary>
    public void Begin(string name, bool isCounter, string help)
    {
        Write($"# TYPE {prefix}{name} {(isCounter ? "counter" : "gauge")}\n");
        Write($"# HELP {prefix}{name} {help}\n");
    }

    /// <summary>One sample.</summary>
    /// <param name="name">As begun.</param>
    /// <param name="labels">As <see cref="Labels"/> gives them; empty for none.</param>
    /// <param name="value">The value.</param>
    public void Sample(string name, string labels, double value) =>
        Write($"{prefix}{name}{labels} {value.ToString("R", CultureInfo.InvariantCulture)}\n");

    /// <summary>A metric of one sample.</summary>
    public void Single(string name, bool isCounter, string help, double value, string labels = "")
    {
        Begin(name, isCounter, help);
        Sample(name, labels, value);
    }

    /// <summary>Labels as samples have them, values escaped.</summary>
    public static string Labels(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            text.Append(text.Length == 0 ? '{' : ',').Append(name).Append("=\"")
                .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("\n", "\\n", StringComparison.Ordinal))
                .Append('"');
        }

        return text.Length == 0 ? string.Empty : text.Append('}').ToString();
    }

    private void Write(string text)
    {
        var written = Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
        output.Advance(written);
    }
}

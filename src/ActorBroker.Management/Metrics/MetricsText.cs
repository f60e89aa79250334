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
    public void Begin(string name, bool isCounter, string help) => Begin(name, isCounter ? "counter" : "gauge", help);

    /// <summary>The head of a metric that tells how many values lie in which range.</summary>
    public void BeginHistogram(string name, string help) => Begin(name, "histogram", help);

    /// <summary>The samples of a histogram for one object.</summary>
    /// <param name="name">As begun.</param>
    /// <param name="label">What the object is.</param>
    /// <param name="bounds">The highest value of each range but the last.</param>
    /// <param name="counts">How many values lie in each range.</param>
    /// <param name="sum">Of all values.</param>
    public void Histogram(string name, (string Name, string Value) label, ReadOnlySpan<int> bounds, IReadOnlyList<long> counts, double sum)
    {
        var upTo = 0L;
        for (var range = 0; range < counts.Count; range++)
        {
            upTo += counts[range];
            var bound = range < bounds.Length ? bounds[range].ToString(CultureInfo.InvariantCulture) : "+Inf";
            Sample($"{name}_bucket", Labels(label, ("le", bound)), upTo);
        }

        Sample($"{name}_count", Labels(label), upTo);
        Sample($"{name}_sum", Labels(label), sum);
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

    private void Begin(string name, string type, string help)
    {
        Write($"# TYPE {prefix}{name} {type}\n");
        Write($"# HELP {prefix}{name} {help}\n");
    }

    private void Write(string text)
    {
        var written = Encoding.UTF8.GetBytes(text, output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
        output.Advance(written);
    }
}

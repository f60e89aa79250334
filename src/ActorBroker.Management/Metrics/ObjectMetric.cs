using ActorBroker.Contracts.Management;

namespace ActorBroker.Management.Metrics;

/// <summary>A metric that each object of a kind has, under RabbitMQ's name.</summary>
/// <param name="Family">By which /metrics/detailed is asked for it.</param>
/// <param name="Name">Without the prefix.</param>
/// <param name="IsCounter">It only grows, as long as the object is there.</param>
/// <param name="Help">What it says.</param>
/// <param name="Value">Of one object; NaN for one that has no such value, which is left out.</param>
internal sealed record ObjectMetric<T>(string Family, string Name, bool IsCounter, string Help, Func<T, double> Value)
{
    /// <summary>Of all objects, those included that are no more; null where those that are there are added up.</summary>
    public Func<NodeReport, double>? Total { get; init; }

    /// <summary>One sample for all objects.</summary>
    public void WriteSum(MetricsText text, NodeReport totals, IReadOnlyList<T> objects) =>
        text.Single(Name, IsCounter, Help, Total?.Invoke(totals) ?? objects.Select(Value).Where(static value => !double.IsNaN(value)).Sum());

    /// <summary>A sample for each object.</summary>
    public void WriteEach(MetricsText text, IReadOnlyList<T> objects, IReadOnlyList<string> labels)
    {
        text.Begin(Name, IsCounter, Help);
        for (var i = 0; i < objects.Count; i++)
        {
            var value = Value(objects[i]);
            if (!double.IsNaN(value))
            {
                text.Sample(Name, labels[i], value);
            }
        }
    }
}

/// <summary>Picks a figure by RabbitMQ's name for it.</summary>
internal static class FigureValue
{
    public static double Of(IReadOnlyList<Figure> figures, string name)
    {
        foreach (var figure in figures)
        {
            if (figure.Name == name)
            {
                return figure.Value;
            }
        }

        return 0;
    }
}

using ActorBroker.Contracts.Management;
using ActorBroker.Contracts.Statistics;

namespace ActorBroker.Broker.Management;

/// <summary>Rows of numbers as figures, with what is known of their past.</summary>
internal static class FigureList
{
    /// <summary>The figures of a part of a row.</summary>
    /// <param name="names">Of the whole row.</param>
    /// <param name="row">As of now.</param>
    /// <param name="part">Which.</param>
    /// <param name="ring">What was; null where nothing was sampled.</param>
    /// <param name="samples">The history that is wanted.</param>
    /// <param name="now">Unix time in milliseconds.</param>
    public static IReadOnlyList<Figure> Of(string[] names, long[] row, Range part, SampleRing? ring, SampleRange? samples, long now)
    {
        var (start, count) = part.GetOffsetAndLength(row.Length);
        Span<double> rates = stackalloc double[row.Length];
        ring?.Rates(rates);
        var figures = new Figure[count];
        for (var i = 0; i < count; i++)
        {
            var column = start + i;
            figures[i] = new Figure(names[column], row[column], rates[column]) { Samples = SamplesOf(ring, column, samples, now) };
        }

        return figures;
    }

    /// <summary>As the other, but none where all are zero: nothing has ever happened.</summary>
    public static IReadOnlyList<Figure> OfWhatHappened(string[] names, long[] row, Range part, SampleRing? ring, SampleRange? samples, long now) =>
        row.AsSpan(part).ContainsAnyExcept(0) ? Of(names, row, part, ring, samples, now) : [];

    /// <summary>Figures of the same names, added up; what only some have stays as it is.</summary>
    public static IReadOnlyList<Figure> Sum(IEnumerable<IReadOnlyList<Figure>> all)
    {
        var sums = new List<Figure>();
        foreach (var figure in all.SelectMany(static one => one))
        {
            var index = sums.FindIndex(sum => sum.Name == figure.Name);
            if (index < 0)
            {
                sums.Add(figure);
            }
            else
            {
                var sum = sums[index];
                sums[index] = new Figure(sum.Name, sum.Value + figure.Value, sum.Rate + figure.Rate)
                {
                    Samples = Sum(sum.Samples, figure.Samples),
                };
            }
        }

        return sums;
    }

    // Both begin now and have the same steps, give or take what the clocks of two nodes differ.
    private static IReadOnlyList<FigureSample> Sum(IReadOnlyList<FigureSample> one, IReadOnlyList<FigureSample> other)
    {
        var (longer, shorter) = one.Count >= other.Count ? (one, other) : (other, one);
        return [.. longer.Select((sample, i) => i < shorter.Count ? new FigureSample(sample.At, sample.Value + shorter[i].Value) : sample)];
    }

    private static IReadOnlyList<FigureSample> SamplesOf(SampleRing? ring, int column, SampleRange? range, long now) =>
        ring is null || range is null
            ? []
            : [.. ring.Column(column, now, (long)range.Age.TotalMilliseconds, Math.Max(1, (long)range.Increment.TotalMilliseconds))
                .Select(static sample => new FigureSample(sample.At, sample.Value))];
}

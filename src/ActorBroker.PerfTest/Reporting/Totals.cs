using System.Diagnostics;

namespace ActorBroker.PerfTest.Reporting;

/// <summary>How many messages there were up to a moment; the difference of two says what happened between them.</summary>
/// <param name="At">By <see cref="Stopwatch"/>.</param>
internal readonly record struct Totals(long At, long Published, long Consumed, long Confirmed, long Rejected)
{
    public double SecondsSince(in Totals earlier) => (At - earlier.At) / (double)Stopwatch.Frequency;
}

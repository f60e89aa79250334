namespace ActorBroker.Testing;

/// <summary>Counts what code allocates.</summary>
public static class Allocation
{
    private const int Batches = 20;
    private const int RunsInBatch = 50;

    /// <summary>
    /// The bytes that fifty runs of the action allocate on this thread, at best of twenty times: while it compiles hot
    /// code anew the runtime allocates a little of its own on whatever thread it meets.
    /// </summary>
    public static long Of(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        action();
        var least = long.MaxValue;
        for (var batch = 0; batch < Batches; batch++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var run = 0; run < RunsInBatch; run++)
                action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

internal static class Allocation
{
    /// <summary>The bytes that a thousand runs allocate on this thread, after one run that compiles and initializes.</summary>
    public static long Of(Action action)
    {
        action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}

using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.PerfTest.Load;

/// <summary>A thread of the run. The first one to fail decides what the run fails with, and ends it.</summary>
internal sealed class Worker
{
    private const int StackBytes = 256 * 1024;

    private readonly Thread _thread;

    private Worker(string name, Action work, FirstFailure failure) => _thread = new Thread(() => Run(work, failure), StackBytes)
    {
        IsBackground = true,
        Name = name,
    };

    public static Worker Start(string name, Action work, FirstFailure failure)
    {
        var worker = new Worker(name, work, failure);
        worker._thread.Start();
        return worker;
    }

    /// <summary>False: it did not end in time.</summary>
    public bool Join(TimeSpan timeout) => _thread.Join(timeout);

    private static void Run(Action work, FirstFailure failure)
    {
        try
        {
            work();
        }
        catch (LoadException error)
        {
            failure.Set(error);
        }
        catch (Amqp091WireException error)
        {
            failure.Set(new LoadException($"the broker sent a malformed frame: {error.Message}", error));
        }
    }
}

/// <summary>What ended a run early: a failure, or the user.</summary>
internal sealed class FirstFailure : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private LoadException? _error;

    /// <summary>Cancelled with the first failure.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Set(LoadException error)
    {
        if (Interlocked.CompareExchange(ref _error, error, null) is null)
            _stop.Cancel();
    }

    public void ThrowIfAny()
    {
        if (Volatile.Read(ref _error) is { } error)
            throw error;
    }

    public void Dispose() => _stop.Dispose();
}

using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Contracts.Statistics;

/// <summary>
/// To each connection and queue of a node, with the first question about them: enter what is to be known of you. One of it
/// goes to all, and knows when all have; never to another node.
/// </summary>
public sealed class FiguresWanted : INoSerializationVerificationNeeded
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The first is whoever tells them.
    private int _awaited = 1;

    /// <summary>All that were told have entered, <see cref="Entered"/> by whoever tells them included.</summary>
    public Task All => _all.Task;

    /// <summary>Tells one more.</summary>
    public void TellTo(IActorRef receiver)
    {
        Interlocked.Increment(ref _awaited);
        receiver.Tell(this);
    }

    /// <summary>Tells the one who follows it there, and who tells others.</summary>
    public void PublishTo(EventStream stream)
    {
        Interlocked.Increment(ref _awaited);
        stream.Publish(this);
    }

    /// <summary>By each that was told, and by whoever tells when that is done.</summary>
    public void Entered()
    {
        if (Interlocked.Decrement(ref _awaited) == 0)
        {
            _all.TrySetResult();
        }
    }
}

using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Arguments;

namespace ActorBroker.Client.Streams;

/// <summary>What a source consumes, and how much at a time.</summary>
/// <param name="Queue">The queue.</param>
public sealed record SourceSettings(string Queue)
{
    /// <summary>
    /// Most messages that a <see cref="BrokerSource.CommittableSource"/> has without having settled them, those that wait in
    /// it included: the broker sends no more. 0 for no limit but bytes.
    /// </summary>
    public int PrefetchCount { get; init; } = 256;

    /// <summary>Most bytes of messages that wait in the source for demand, or are on their way to it; one message more at most.</summary>
    public int WindowBytes { get; init; } = 256 * 1024;

    /// <summary>No other consumer may be on the queue.</summary>
    public bool Exclusive { get; init; }

    /// <summary>For listings; the broker makes one up when it is empty.</summary>
    public string ConsumerTag { get; init; } = string.Empty;

    /// <summary>Such as <c>x-priority</c> and <c>x-stream-offset</c>.</summary>
    public ArgumentTable Arguments { get; init; } = ArgumentTable.Empty;

    /// <summary>What the broker is asked before the source starts, and before it goes on with another session: see <see cref="Declare"/>.</summary>
    public IReadOnlyList<ClientRequest> Declarations { get; init; } = [];

    /// <summary>
    /// How long after downstream has cancelled a <see cref="BrokerSource.CommittableSource"/> its messages can still be
    /// settled; what is not by then goes back to the queue.
    /// </summary>
    public TimeSpan SettleTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

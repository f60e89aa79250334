using ActorBroker.Contracts.Publishing;

namespace ActorBroker.Broker.Forwarding;

/// <summary>The messages of one batch to one queue.</summary>
internal sealed class ForwardBatch(ForwardedMessage[] messages)
{
    private bool[]? _rejected;

    public ReadOnlySpan<ForwardedMessage> Messages => messages;

    /// <summary>The queue refused these, by their index in the batch; indexes that it can't mean are passed over.</summary>
    public void Reject(ReadOnlySpan<int> indexes)
    {
        _rejected ??= new bool[messages.Length];
        foreach (var index in indexes)
        {
            if ((uint)index < (uint)_rejected.Length)
            {
                _rejected[index] = true;
            }
        }
    }

    public bool IsRejected(int index) => _rejected is not null && _rejected[index];
}

/// <summary>The broker's own way to one queue.</summary>
internal sealed class ForwardLink(string queue) : PublishLink<ForwardBatch>(queue)
{
    /// <summary>Timestamp from which on the queue has been looked for.</summary>
    public long ResolvingSince { get; set; }

    /// <summary>Timestamp of when something last came from the queue, or went to it while nothing was under way.</summary>
    public long HeardAt { get; set; }

    /// <summary>The queue is the history of an exchange.</summary>
    public bool IsHistory { get; set; }

    /// <summary>Offsets of the slab that is being cut into batches.</summary>
    public List<int> Offsets { get; } = [];

    /// <summary>The messages at <see cref="Offsets"/>.</summary>
    public List<ForwardedMessage> Messages { get; } = [];

    /// <summary>Sum of the sizes of the records at <see cref="Offsets"/>.</summary>
    public int OffsetBytes { get; set; }
}

using ActorBroker.Core.Statistics;

namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// A consumer of a client. A queue counts its window in bytes of the records that it has; the client gives back those of
/// the records that it was sent, which have other properties.
/// </summary>
internal sealed class ClientConsumer(int id, bool noAck, string? queue = null)
{
    private readonly Queue<(int Sent, int Original)> _underWay = new();
    private long _granted;

    public int Id { get; } = id;

    public bool NoAck { get; } = noAck;

    /// <summary>Null for one that takes replies.</summary>
    public string? Queue { get; } = queue;

    /// <summary>Where the session counts what comes of the queue; null before there is something, where nobody watches, and without room.</summary>
    public QueuePair? Pair { get; set; }

    /// <summary>A batch has gone to the client.</summary>
    /// <param name="sentBytes">Size of its records.</param>
    /// <param name="originalBytes">Size that they have in the queue.</param>
    public void Sent(int sentBytes, int originalBytes) => _underWay.Enqueue((sentBytes, originalBytes));

    /// <summary>The client has room for so many bytes again, of what it was sent.</summary>
    /// <returns>What the queue may be given back: of whole batches.</returns>
    public int Granted(int bytes)
    {
        if (bytes <= 0)
        {
            return 0;
        }

        _granted += bytes;
        var original = 0;
        while (_underWay.TryPeek(out var first) && first.Sent <= _granted)
        {
            _underWay.Dequeue();
            _granted -= first.Sent;
            original += first.Original;
        }

        if (_underWay.Count == 0)
        {
            // More than it was sent is nothing that anyone has to give.
            _granted = 0;
        }

        return original;
    }
}

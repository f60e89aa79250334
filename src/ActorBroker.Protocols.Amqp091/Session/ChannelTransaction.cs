using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// What a transactional channel has done since its last commit: messages, copied and charged to the connection's budget,
/// acknowledgements, and messages that will be returned.
/// </summary>
internal sealed class ChannelTransaction(IBrokerSession session, int channelId, TransactionBudget budget)
{
    // A message costs more than its bytes.
    private const int MessageOverhead = 128;

    private readonly SessionTransaction _work = session.BeginTransaction(channelId);
    private long _charged;

    /// <summary>Messages that were published.</summary>
    public int PublishCount { get; private set; }

    /// <summary>The methods of messages among them that no queue takes and that nobody wants back.</summary>
    public List<PublishMethod> Dropped { get; } = [];

    /// <summary>What was acknowledged, and how.</summary>
    public List<(UnsettledRange Range, SettleOutcome Outcome)> Settled { get; } = [];

    // What the client wants back if no queue takes it; with the number of what a queue does take.
    private readonly List<(PublishMethod Publish, PublishedMessage Message, int? Number)> _mandatory = [];

    /// <summary>Messages that the client wants back: no queue takes them, or those that would have are gone meanwhile.</summary>
    public IEnumerable<(PublishMethod Publish, PublishedMessage Message)> Unroutable =>
        from message in _mandatory
        where message.Number is not { } number || !_work.IsStillRouted(number)
        select (message.Publish, message.Message);

    /// <exception cref="Amqp091ErrorException">406: too much is uncommitted.</exception>
    public void Publish(PublishMethod publish, in PublishedMessage message, string[] moreKeys)
    {
        if (_work.IsFull)
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, "too many different routing keys in one transaction");
        var size = MessageOverhead + message.RecordLength;
        budget.Take(size);
        _charged += size;
        var copy = new byte[message.PropertiesLength + message.BodyLength];
        message.PropertiesSource.AsSpan(message.PropertiesOffset, message.PropertiesLength).CopyTo(copy);
        message.BodySource.AsSpan(message.BodyOffset, message.BodyLength).CopyTo(copy.AsSpan(message.PropertiesLength));
        var own = PublishedMessage.InPlaces(
            copy, 0, message.PropertiesLength, copy, message.PropertiesLength, message.BodyLength, message.Format, message.Flags, message.Priority);
        PublishCount++;
        var number = _work.Count;
        var isRouted = _work.Publish(publish.Target, own, moreKeys);
        if (publish.Mandatory)
            _mandatory.Add((publish, own, isRouted ? number : null));
        else if (!isRouted)
            Dropped.Add(publish);
    }

    public void Settle(int consumerId, SettleOutcome outcome, PositionRange positions) => _work.Settle(consumerId, outcome, positions);

    public void Commit(Action<bool> reply)
    {
        End();
        _work.Commit(reply);
    }

    /// <summary>Nothing of it is kept any more.</summary>
    public void End()
    {
        budget.GiveBack(_charged);
        _charged = 0;
    }
}

/// <summary>How many bytes of uncommitted messages a connection may have on all its channels.</summary>
internal sealed class TransactionBudget(long bytesMax)
{
    private long _bytes;

    /// <exception cref="Amqp091ErrorException">406: it is used up.</exception>
    public void Take(int bytes)
    {
        if (_bytes + bytes > bytesMax)
            throw new Amqp091ErrorException(ReplyCode.PreconditionFailed, $"uncommitted messages on all channels are larger than {bytesMax} bytes");
        _bytes += bytes;
    }

    public void GiveBack(long bytes) => _bytes -= bytes;
}

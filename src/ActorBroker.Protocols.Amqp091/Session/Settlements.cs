using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>
/// Gathers what is settled in one turn and joins neighbouring positions, so that a thousand single acknowledgements of
/// consecutive deliveries are one call of the session.
/// </summary>
internal sealed class Settlements(IBrokerSession session)
{
    private readonly List<AmqpConsumer> _gathered = [];

    public void Add(AmqpConsumer consumer, SettleOutcome outcome, PositionRange positions)
    {
        if (consumer.IsGone)
            return;
        var known = consumer.Settled;
        if (known.Count == 0)
        {
            _gathered.Add(consumer);
        }
        else if (consumer.SettledOutcome == outcome && known.End == positions.First)
        {
            positions = new PositionRange(known.First, known.Count + positions.Count);
        }
        else if (consumer.SettledOutcome == outcome && positions.End == known.First)
        {
            positions = new PositionRange(positions.First, known.Count + positions.Count);
        }
        else
        {
            session.Settle(consumer.Id, consumer.SettledOutcome, known);
        }

        consumer.Settled = positions;
        consumer.SettledOutcome = outcome;
    }

    /// <summary>Tells the session. Returns whether there was anything.</summary>
    public bool Flush()
    {
        if (_gathered.Count == 0)
            return false;
        foreach (var consumer in _gathered)
        {
            if (!consumer.IsGone)
                session.Settle(consumer.Id, consumer.SettledOutcome, consumer.Settled);
            consumer.Settled = default;
            if (consumer is { IsStopped: true, Outstanding: 0 })
                consumer.Channel.Forget(consumer);
        }

        _gathered.Clear();
        return true;
    }
}

using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <summary>
/// The connections that a queue deals with. Each has a number here, by which the queue's rules know it; numbers are
/// not used again, so that nothing of a gone connection is taken for another's.
/// </summary>
internal sealed class QueueConnections
{
    private readonly Dictionary<IActorRef, int> _numbers = [];
    private readonly Dictionary<int, IActorRef> _actors = [];
    private IActorRef? _lastActor;
    private int _lastNumber;
    private int _next = 1;

    public bool IsEmpty => _numbers.Count == 0;

    /// <summary>The connection's number; a new connection is watched by the owner from here on.</summary>
    public int NumberOf(IActorRef connection, IActorContext owner)
    {
        if (ReferenceEquals(connection, _lastActor))
        {
            return _lastNumber;
        }

        if (!_numbers.TryGetValue(connection, out var number))
        {
            number = _next++;
            _numbers.Add(connection, number);
            _actors.Add(number, connection);
            owner.Watch(connection);
        }

        _lastActor = connection;
        _lastNumber = number;
        return number;
    }

    public IActorRef? ActorOf(int number) => _actors.GetValueOrDefault(number);

    /// <summary>Forgets a terminated connection; its number, or null when it was not known.</summary>
    public int? Remove(IActorRef connection)
    {
        _lastActor = null;
        if (!_numbers.Remove(connection, out var number))
        {
            return null;
        }

        _actors.Remove(number);
        return number;
    }
}

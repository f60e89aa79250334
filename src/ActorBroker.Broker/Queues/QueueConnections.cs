using Akka.Actor;

namespace ActorBroker.Broker.Queues;

/// <summary>
/// The connections that a queue deals with. Each has a number here, by which the queue's rules know it; numbers are
/// not used again, so that nothing of a gone connection is taken for another's.
/// </summary>
internal sealed class QueueConnections
{
    // Most queues have one connection at a time, or few: the tables are for those that come while another is there.
    private IActorRef? _onlyActor;
    private int _onlyNumber;
    private Dictionary<IActorRef, int>? _numbers;
    private Dictionary<int, IActorRef>? _actors;
    private IActorRef? _lastActor;
    private int _lastNumber;
    private int _next = 1;

    public bool IsEmpty => _onlyActor is null && _numbers is not { Count: > 0 };

    /// <summary>The connection's number; a new connection is watched by the owner from here on.</summary>
    public int NumberOf(IActorRef connection, IActorContext owner)
    {
        if (ReferenceEquals(connection, _lastActor))
        {
            return _lastNumber;
        }

        if (Find(connection) is not { } number)
        {
            number = _next++;
            Add(connection, number);
            owner.Watch(connection);
        }

        _lastActor = connection;
        _lastNumber = number;
        return number;
    }

    public IActorRef? ActorOf(int number) =>
        number == _onlyNumber && _onlyActor is not null ? _onlyActor : _actors?.GetValueOrDefault(number);

    /// <summary>Forgets a terminated connection; its number, or null when it was not known.</summary>
    public int? Remove(IActorRef connection)
    {
        _lastActor = null;
        var number = Find(connection);
        if (number is null)
        {
            return null;
        }

        if (_onlyActor is not null && _onlyNumber == number)
        {
            _onlyActor = null;
            return number;
        }

        _numbers!.Remove(connection);
        _actors!.Remove(number.Value);
        if (_numbers.Count == 0)
        {
            (_numbers, _actors) = (null, null);
        }

        return number;
    }

    private int? Find(IActorRef connection)
    {
        if (connection.Equals(_onlyActor))
        {
            return _onlyNumber;
        }

        return _numbers is not null && _numbers.TryGetValue(connection, out var number) ? number : null;
    }

    private void Add(IActorRef connection, int number)
    {
        if (_onlyActor is null)
        {
            (_onlyActor, _onlyNumber) = (connection, number);
            return;
        }

        (_numbers ??= []).Add(connection, number);
        (_actors ??= []).Add(number, connection);
    }
}

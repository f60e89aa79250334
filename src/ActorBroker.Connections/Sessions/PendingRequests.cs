namespace ActorBroker.Connections.Sessions;

/// <summary>
/// Questions that a session has asked and not had answered. Each is answered once: by its answer, or, after
/// <see cref="Timeout"/>, by null.
/// </summary>
internal sealed class PendingRequests(TimeProvider clock)
{
    /// <summary>As RabbitMQ's channel_operation_timeout.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly Dictionary<long, Action<object?>> _waiting = [];
    private readonly Queue<(long Id, long Started)> _byAge = new();
    private long _lastId;

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Registers a question; the id goes with it.</summary>
    public long Add(Action<object?> onAnswer)
    {
        var id = ++_lastId;
        _waiting.Add(id, onAnswer);
        _byAge.Enqueue((id, clock.GetTimestamp()));
        return id;
    }

    /// <summary>Hands an answer to whoever asked, unless it comes too late.</summary>
    public void Answer(long id, object answer)
    {
        if (_waiting.Remove(id, out var onAnswer))
        {
            onAnswer(answer);
        }
    }

    /// <summary>Gives up on what is older than the time-out.</summary>
    public void Expire()
    {
        while (_byAge.TryPeek(out var oldest))
        {
            var isWaiting = _waiting.ContainsKey(oldest.Id);
            if (isWaiting && clock.GetElapsedTime(oldest.Started) < Timeout)
            {
                return;
            }

            _byAge.Dequeue();
            if (isWaiting && _waiting.Remove(oldest.Id, out var onAnswer))
            {
                onAnswer(null);
            }
        }
    }
}

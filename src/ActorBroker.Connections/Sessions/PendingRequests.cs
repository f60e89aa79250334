using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <summary>
/// Questions that a session has asked and not had answered. Each is answered once: by its answer, or, after
/// <see cref="Timeout"/>, by null.
/// </summary>
internal sealed class PendingRequests(TimeProvider clock)
{
    /// <summary>As RabbitMQ's channel_operation_timeout.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly Dictionary<long, (Action<object?> OnAnswer, IActorRef? Asked)> _waiting = [];
    private readonly Queue<(long Id, long Started)> _byAge = new();
    private long _lastId;

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Registers a question; the id goes with it.</summary>
    /// <param name="onAnswer">Gets the answer.</param>
    /// <param name="asked">The actor that alone can answer it, or null when its next incarnation can.</param>
    public long Add(Action<object?> onAnswer, IActorRef? asked = null)
    {
        var id = ++_lastId;
        _waiting.Add(id, (onAnswer, asked));
        _byAge.Enqueue((id, clock.GetTimestamp()));
        return id;
    }

    /// <summary>Hands an answer to whoever asked, unless it comes too late.</summary>
    public void Answer(long id, object answer)
    {
        if (_waiting.Remove(id, out var request))
        {
            request.OnAnswer(answer);
        }
    }

    /// <summary>An actor is gone: answers in its place what only it could have answered.</summary>
    public void Lose(IActorRef asked, Func<long, object> answer)
    {
        foreach (var id in _waiting.Where(request => asked.Equals(request.Value.Asked)).Select(static request => request.Key).Order().ToArray())
        {
            Answer(id, answer(id));
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
            if (isWaiting && _waiting.Remove(oldest.Id, out var request))
            {
                request.OnAnswer(null);
            }
        }
    }
}

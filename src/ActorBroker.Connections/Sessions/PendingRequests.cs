using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <summary>
/// Questions that a session has asked and not had answered. Each is answered once: by its answer, or, after
/// <paramref name="timeout"/>, by what interrupted it, or null.
/// </summary>
internal sealed class PendingRequests(TimeProvider clock, TimeSpan timeout)
{
    // Whoever was interrupted needs a moment: an entity that moves, to be somewhere else.
    private static readonly TimeSpan InterruptionPause = TimeSpan.FromMilliseconds(300);

    // Nobody says so when a question is lost: a region drops what has gathered for a shard that it hands over, and an entity
    // that fails has not read all that it was told. Twice as long each time: whoever is asked may just be slow.
    private static readonly TimeSpan FirstSilence = TimeSpan.FromSeconds(3);

    private readonly Dictionary<long, Request> _waiting = [];
    private readonly Queue<(long Id, long Since)> _interrupted = new();
    private readonly Queue<(long Id, long Started)> _byAge = new();
    private long _lastId;

    private readonly record struct Request(Action<object?> OnAnswer, IActorRef? Asked, Action? Again, long Started)
    {
        /// <summary>The answer that it is asked again after.</summary>
        public object? Interruption { get; init; }

        /// <summary>Tells it to whoever can answer it, once that is found; null: it has been asked as it is.</summary>
        public Action<IActorRef>? Tell { get; init; }

        /// <summary>Whom it was told, since it was asked last.</summary>
        public IActorRef? Told { get; init; }

        /// <summary>How long it goes without an answer, from its beginning, until it is asked again.</summary>
        public TimeSpan Silence { get; init; } = FirstSilence;
    }

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Registers a question; the id goes with it.</summary>
    /// <param name="onAnswer">Gets the answer.</param>
    /// <param name="asked">The actor that alone can answer it, or null when its next incarnation can.</param>
    public long Add(Action<object?> onAnswer, IActorRef? asked = null) => Add(new Request(onAnswer, asked, null, clock.GetTimestamp()));

    /// <summary>Registers a question and asks it: again, when it may have been lost, or whoever was at it was interrupted.</summary>
    /// <param name="onAnswer">Gets the answer.</param>
    /// <param name="ask">Asks, with the id; whoever is asked must bear to be asked twice.</param>
    public void Ask(Action<object?> onAnswer, Action<long> ask)
    {
        var id = _lastId + 1;
        Add(new Request(onAnswer, null, () => ask(id), clock.GetTimestamp()));
        ask(id);
    }

    /// <summary>
    /// Registers a change, and asks for whoever can make it: only that one is told of it. What goes through regions may be held
    /// there, and come when a repetition of it has long been answered: a deletion would meet what was declared after it.
    /// </summary>
    /// <param name="onAnswer">Gets the answer.</param>
    /// <param name="find">Asks, with the id, for whoever can make the change; asked again as <see cref="Ask"/> does.</param>
    /// <param name="tell">Tells it the change, with the id.</param>
    public void AskFound(Action<object?> onAnswer, Action<long> find, Action<long, IActorRef> tell)
    {
        var id = _lastId + 1;
        Add(new Request(onAnswer, null, () => find(id), clock.GetTimestamp()) { Tell = actor => tell(id, actor) });
        find(id);
    }

    /// <summary>Whoever can make a change was found, and is told of it, once for each time that it was asked for.</summary>
    /// <returns>False when nobody was asked for by this id.</returns>
    public bool Find(long id, IActorRef actor)
    {
        if (!_waiting.TryGetValue(id, out var request) || request.Tell is null)
        {
            return false;
        }

        if (!actor.Equals(request.Told))
        {
            _waiting[id] = request with { Told = actor };
            request.Tell(actor);
        }

        return true;
    }

    /// <summary>Hands an answer to whoever asked, unless it comes too late.</summary>
    public void Answer(long id, object answer)
    {
        if (_waiting.Remove(id, out var request))
        {
            request.OnAnswer(answer);
        }
    }

    /// <summary>
    /// The answer is that whoever was at it was interrupted: it is asked again after a while, unless it has waited too long
    /// for that, or cannot be.
    /// </summary>
    public void Interrupt(long id, object answer)
    {
        if (_waiting.TryGetValue(id, out var request)
            && request.Again is not null
            && clock.GetElapsedTime(request.Started) + InterruptionPause < timeout)
        {
            _waiting[id] = request with { Interruption = answer };
            _interrupted.Enqueue((id, clock.GetTimestamp()));
            return;
        }

        Answer(id, answer);
    }

    /// <summary>Asks those again that were interrupted a while ago.</summary>
    public void AskInterrupted()
    {
        while (_interrupted.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.Since) >= InterruptionPause)
        {
            _interrupted.Dequeue();
            AskAgain(oldest.Id);
        }
    }

    /// <summary>Asks those again that have had no answer for long, since they may have been lost.</summary>
    public void AskSilent()
    {
        foreach (var id in _waiting.Where(IsSilent).Select(static request => request.Key).Order().ToArray())
        {
            var request = _waiting[id];
            _waiting[id] = request with { Silence = request.Silence * 2 };
            AskAgain(id);
        }
    }

    /// <summary>A node is gone, perhaps with questions: those that have no answer are asked again.</summary>
    public void AskAgain()
    {
        foreach (var id in _waiting.Keys.Order().ToArray())
        {
            AskAgain(id);
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
            if (isWaiting && clock.GetElapsedTime(oldest.Started) < timeout)
            {
                return;
            }

            _byAge.Dequeue();
            if (isWaiting && _waiting.Remove(oldest.Id, out var request))
            {
                request.OnAnswer(request.Interruption);
            }
        }
    }

    private void AskAgain(long id)
    {
        if (_waiting.TryGetValue(id, out var request) && request.Again is { } again)
        {
            _waiting[id] = request with { Told = null };
            again();
        }
    }

    private bool IsSilent(KeyValuePair<long, Request> request) =>
        request.Value.Again is not null && clock.GetElapsedTime(request.Value.Started) >= request.Value.Silence;

    private long Add(Request request)
    {
        var id = ++_lastId;
        _waiting.Add(id, request);
        _byAge.Enqueue((id, request.Started));
        return id;
    }
}

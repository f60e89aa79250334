using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Exchanges;

/// <summary>
/// The answers that an entity waits for before it goes on, each known by the id that it was asked with. Ids are never
/// used twice, also not by a later incarnation, so a late answer is nobody's.
/// </summary>
internal sealed class AnswerWait
{
    private readonly string _incarnation = Guid.NewGuid().ToString("N");
    private readonly Dictionary<string, Action<Refusal?, bool>> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Action> _questions = new(StringComparer.Ordinal);
    private long _asked;
    private Action? _then;

    /// <summary>Something is waited for.</summary>
    public bool IsOpen => _then is not null;

    /// <summary>A new id; <paramref name="onAnswer"/> gets the refusal, if there is one, and whether the one asked is durable.</summary>
    public string Ask(Action<Refusal?, bool> onAnswer)
    {
        var id = $"{_incarnation}-{++_asked}";
        _open.Add(id, onAnswer);
        return id;
    }

    /// <summary>Asks, with an id, now and whenever the answer is late: whoever is asked must bear to be asked twice.</summary>
    public void Tell(string id, Action ask)
    {
        _questions[id] = ask;
        ask();
    }

    /// <summary>Asks again what has no answer: it may have been lost with a node.</summary>
    public void AskAgain()
    {
        foreach (var ask in _questions.Values.ToList())
            ask();
    }

    /// <summary>Goes on with <paramref name="then"/> when every id is answered: at once when there is none.</summary>
    public void Then(Action then)
    {
        _then = then;
        GoOn();
    }

    /// <summary>An answer; one that is not waited for is ignored.</summary>
    public void OnAnswer(string id, Refusal? refusal, bool isDurable)
    {
        if (!_open.Remove(id, out var onAnswer))
            return;
        _questions.Remove(id);
        onAnswer(refusal, isDurable);
        GoOn();
    }

    /// <summary>Refuses all that has not been answered, and goes on.</summary>
    public void GiveUp(Refusal refusal)
    {
        foreach (var id in _open.Keys.ToList())
            OnAnswer(id, refusal, isDurable: false);
    }

    private void GoOn()
    {
        if (_open.Count > 0 || _then is not { } then)
            return;
        _then = null;
        then();
    }
}

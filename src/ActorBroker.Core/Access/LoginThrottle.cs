namespace ActorBroker.Core.Access;

/// <summary>
/// Slows down those who guess passwords: a source with so many failed logins waits until the first of them is long enough
/// ago. Remembers so many sources, those that failed first going first. Has one owner.
/// </summary>
/// <param name="clock">Elapsed time.</param>
/// <param name="failuresMax">Failed logins after which a source has to wait.</param>
/// <param name="window">How long a failure counts.</param>
/// <param name="sourcesMax">Sources that are remembered.</param>
public sealed class LoginThrottle(TimeProvider clock, int failuresMax, TimeSpan window, int sourcesMax)
{
    private readonly Dictionary<string, Queue<long>> _failures = new(StringComparer.Ordinal);
    private readonly Queue<string> _sources = new();

    /// <summary>Whether a login of this source may be tried now.</summary>
    public bool MayTry(string source)
    {
        if (!_failures.TryGetValue(source, out var failures))
        {
            return true;
        }

        while (failures.TryPeek(out var oldest) && clock.GetElapsedTime(oldest) >= window)
        {
            failures.Dequeue();
        }

        return failures.Count < failuresMax;
    }

    /// <summary>A login of this source has failed.</summary>
    public void Failed(string source)
    {
        if (!_failures.TryGetValue(source, out var failures))
        {
            if (_sources.Count >= sourcesMax)
            {
                _failures.Remove(_sources.Dequeue());
            }

            failures = new Queue<long>();
            _failures.Add(source, failures);
            _sources.Enqueue(source);
        }

        if (failures.Count >= failuresMax)
        {
            failures.Dequeue();
        }

        failures.Enqueue(clock.GetTimestamp());
    }
}

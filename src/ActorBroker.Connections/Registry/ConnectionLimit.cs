namespace ActorBroker.Connections.Registry;

/// <summary>How many clients a node serves at most. Shared by all its connections.</summary>
/// <param name="maximum">Most connections with an open virtual host; 0 for no limit.</param>
public sealed class ConnectionLimit(int maximum)
{
    private int _count;

    /// <summary>As given; 0 for no limit.</summary>
    public int Maximum { get; } = maximum;

    /// <summary>Counts one more, unless that would be one too many. <see cref="Leave"/> must follow in the end.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= Maximum || Maximum == 0)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>One that <see cref="TryEnter"/> let in has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}

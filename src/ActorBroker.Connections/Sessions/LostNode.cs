namespace ActorBroker.Connections.Sessions;

/// <summary>
/// When questions that went to a lost node are asked again: the regions need a moment to learn where its entities are now,
/// and a question that came too early once more is as lost as it was.
/// </summary>
internal sealed class LostNode(TimeProvider clock)
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(8)];

    private long _lostAt;
    private int _next = Pauses.Length;

    /// <summary>A node was lost just now.</summary>
    public void Begin()
    {
        _lostAt = clock.GetTimestamp();
        _next = 0;
    }

    /// <summary>It is time to ask again; true once for each time.</summary>
    public bool IsDue
    {
        get
        {
            if (_next == Pauses.Length || clock.GetElapsedTime(_lostAt) < Pauses[_next])
            {
                return false;
            }

            _next++;
            return true;
        }
    }
}

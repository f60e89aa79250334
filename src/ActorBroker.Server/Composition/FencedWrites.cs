namespace ActorBroker.Server.Composition;

/// <summary>
/// Whether another node serves what this one serves, by the writes of this one that the other's have refused: some in each
/// look, for many looks in a row. Where queues move between nodes, and where a node was halted, it is over within a few.
/// </summary>
internal sealed class FencedWrites
{
    private bool _isNoted;
    private int _looks;

    /// <summary>A write was refused.</summary>
    public void Note() => _isNoted = true;

    /// <summary>To be called at regular times.</summary>
    /// <returns>In how many looks in a row, this one included, writes had been refused.</returns>
    public int Look()
    {
        _looks = _isNoted ? _looks + 1 : 0;
        _isNoted = false;
        return _looks;
    }

    /// <summary>Begins anew: it is the other node that has to go.</summary>
    public void Forget() => _looks = 0;
}

namespace ActorBroker.Broker.Alarms;

/// <summary>
/// Says when a process that has had much to do, and has little now, should have the collector give back what it does not
/// need. By itself the collector does nothing as long as nothing is allocated: what a burst has left would stay resident
/// until the next. The price is one pause, of about 1 ms for each MiB that is in use, when next to nobody waits.
/// </summary>
internal sealed class IdleMemory
{
    // Allocated between two looks, in bytes: at least that is work; a node without clients allocates a quarter of it a second.
    private const long Work = 512 << 10;

    // What of it, in bytes, has been allocated in between is worth a collection.
    private const long Worthwhile = 16 << 20;

    private const int QuietLooks = 10;

    private long _allocated;
    private int _quiet;

    // A start leaves as much behind as a burst: it has read the configuration and compiled what it needed once.
    private long _byWork = Worthwhile;

    /// <summary>True when it is time; to be asked in regular intervals.</summary>
    /// <param name="allocatedBytes">All that the process has ever allocated.</param>
    public bool IsToBeGivenBack(long allocatedBytes)
    {
        var since = allocatedBytes - _allocated;
        _allocated = allocatedBytes;
        if (since >= Work)
        {
            _byWork += since;
            _quiet = 0;
        }
        else
        {
            _quiet++;
        }

        if (_quiet < QuietLooks || _byWork < Worthwhile)
        {
            return false;
        }

        _byWork = 0;
        return true;
    }
}

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// Something that routing results are computed from. The one writer changes it and then raises its version; a reader
/// notes the version and then reads. So a result whose noted versions are all still the same was computed from what is
/// there now: a change that the reader saw half of has not raised the version yet, and will.
/// </summary>
internal class Versioned
{
    private int _version;

    public int Version => Volatile.Read(ref _version);

    public void Changed() => Volatile.Write(ref _version, _version + 1);
}

/// <summary>A queue's name in the catalogue, as long as its version is 0: a removed name changes once, for good.</summary>
internal sealed class QueueEntry : Versioned;

using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Contracts.Access;

/// <summary>
/// The node's copy of users, virtual hosts, permissions and limits, which follows the access entity. Any thread reads, one
/// actor writes.
/// </summary>
public sealed class AccessTables : IAccessTables
{
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile AccessSnapshot _current = AccessSnapshot.Empty;
    private volatile Refusal? _refusal = new(RefusalReason.Unavailable, "users and virtual hosts are not known yet");
    private long _version;

    /// <inheritdoc/>
    public AccessSnapshot Current => _current;

    /// <inheritdoc/>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Why nothing is known; null once something is.</summary>
    public Refusal? Refusal => _refusal;

    /// <summary>Ends when users are known for the first time, or why they cannot be.</summary>
    public Task Known => _known.Task;

    /// <summary>From now on this is in force. For the writer.</summary>
    public void Set(AccessSnapshot current)
    {
        // In this order: see IAccessTables.Version.
        _current = current;
        Interlocked.Increment(ref _version);
        _refusal = null;
        _known.TrySetResult();
    }

    /// <summary>Nobody can know for now. What was known before stays in force. For the writer.</summary>
    public void Refuse(Refusal refusal)
    {
        if (_refusal is not null)
        {
            _refusal = refusal;
            _known.TrySetResult();
        }
    }
}

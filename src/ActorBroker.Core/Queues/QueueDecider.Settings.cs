using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;

namespace ActorBroker.Core.Queues;

/// <content>Settings that change while the queue lives.</content>
public sealed partial class QueueDecider
{
    /// <summary>
    /// Other settings are in force from now on: a queue that is too long is cut at once, messages that wait for a dead
    /// letter exchange that is not set any more are gone. A new lifetime is that of messages published from now on.
    /// </summary>
    public void Apply(QueueSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        TakeOver(settings);
        if (_isRecovering)
        {
            return;
        }

        AfterSettling();
    }

    private void TakeOver(QueueSettings settings)
    {
        Settings = settings;
        _ready.Apply(settings);
        _roster.Apply(settings);
        ApplyRetention(settings.Retention);
        _identities = settings.Deduplication is not { } deduplication ? null
            : _identities?.With(deduplication, Live().Contains) ?? new DeduplicationCache(deduplication);
        _isMarked |= IsLimited;
        MeasureAll();
    }

    // A message is gone: nothing that was known of it matters any more.
    private void Leave(PositionRange range, Collections.PositionSet journaled)
    {
        _ready.Forget(range);
        _log.Settle(range, journaled);
        _undelivered.Remove(range);
        if (_isMarked)
        {
            ForgetMarks(range);
        }
    }

    private void ForgetMarks(PositionRange range)
    {
        _overdue.Remove(range);
        _returns.Remove(range);
        _bodySizes?.Remove(range);
        _writes.Notes.Forget(range);
        for (var position = range.First; _identities is { IsTiedToMessages: true } && position < range.End; position++)
        {
            _identities.Gone(position);
        }
    }
}

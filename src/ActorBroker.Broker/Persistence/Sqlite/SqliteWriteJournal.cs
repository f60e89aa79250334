using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// The journal of Akka.Persistence.Sql, which rejects what a full or failing disk keeps from being written
/// (<see cref="JournalUnavailableException"/>). Everything else fails as ever, a sequence number that another
/// incarnation has used above all: whoever persisted that must stop, and nobody else must. Where SQLite cannot read a
/// page, the entities whose events lie there are replayed with what is left of them.
/// </summary>
/// <remarks>
/// A write whose fsync failed may turn out to be in the journal after a crash, although it was rejected and written
/// again: recovery must pass over what it has seen.
/// </remarks>
public sealed class SqliteWriteJournal(Config config) : SqlWriteJournal(config), IWithTimers
{
    // What waited for the writer already may still come into the same commit, and another stale number be in that.
    private const int AttemptsAlone = 5;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SqliteJournal _store = (SqliteJournal)JournalPlugins.StoreOf(Context);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly StallWatch _watch = new(TimeProvider.System, Patience);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        Timers.StartPeriodicTimer(LookTick.Instance, LookTick.Instance, LookInterval);
    }

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages,
        CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        _watch.Begin();
        try
        {
            return await WriteFencedAsync(writes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (ReasonToWait(failure) is { } reason)
        {
            return writes.Select(Exception (_) => new JournalUnavailableException(reason.Message.ReplaceLineEndings(" "), failure)).ToImmutableList();
        }
        finally
        {
            _watch.End();
        }
    }

    /// <inheritdoc/>
    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        ArgumentNullException.ThrowIfNull(recoveryCallback);
        var next = fromSequenceNr;
        var writer = string.Empty;
        try
        {
            await base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, found =>
            {
                next = found.SequenceNr + 1;
                writer = found.WriterGuid;
                recoveryCallback(found);
            }).ConfigureAwait(false);
        }
        catch (Exception failure) when (JournalSalvage.IsDamage(failure))
        {
            await Task.Run(() => Salvage(_store.Damage.Salvage, persistenceId, next, toSequenceNr, writer, recoveryCallback)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override bool ReceivePluginInternal(object message)
    {
        switch (message)
        {
            case WriteAlone alone:
                // The actor takes nothing else meanwhile, so nothing new gets into this commit.
                ActorTaskScheduler.RunTask(() => WriteAloneAsync(alone));
                return true;
            case LookTick:
                OnLookTick();
                return true;
            default:
                return base.ReceivePluginInternal(message);
        }
    }

    private void OnLookTick()
    {
        switch (_watch.Look())
        {
            case { IsOver: false } stall:
                _log.Warning("The journal has not answered for {0} s: {1} writes wait, and everything that they confirm", (long)stall.Lasted.TotalSeconds, stall.UnderWay);
                break;
            case { } over:
                _log.Info("The journal answers again, after {0} s", (long)over.Lasted.TotalSeconds);
                break;
        }
    }

    // Of writes that are committed together, one that comes from a stale incarnation fails all.
    private async Task<IImmutableList<Exception>> WriteFencedAsync(List<AtomicWrite> writes, CancellationToken cancellation)
    {
        var self = Self;
        try
        {
            return await base.WriteMessagesAsync(writes, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (SqliteErrors.Of(failure) is { SqliteErrorCode: raw.SQLITE_CONSTRAINT })
        {
            var outcome = new TaskCompletionSource<IImmutableList<Exception>>(TaskCreationOptions.RunContinuationsAsynchronously);
            self.Tell(new WriteAlone(writes, failure, outcome, cancellation), self);
            return await outcome.Task.ConfigureAwait(false);
        }
    }

    private async Task WriteAloneAsync(WriteAlone alone)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var first = alone.Writes[0];
                if (await base.ReadHighestSequenceNrAsync(first.PersistenceId, 0, alone.Cancellation) >= first.LowestSequenceNr)
                {
                    alone.Outcome.SetException(alone.Failure);
                    return;
                }

                try
                {
                    alone.Outcome.SetResult(await base.WriteMessagesAsync(alone.Writes, alone.Cancellation));
                    return;
                }
                catch (Exception failure) when (attempt < AttemptsAlone && SqliteErrors.Of(failure) is { SqliteErrorCode: raw.SQLITE_CONSTRAINT })
                {
                }
            }
        }
        catch (Exception failure)
        {
            alone.Outcome.SetException(failure);
        }
    }

    // The writer of what comes now is not known, and who compares must not take it for another one.
    private static void Salvage(
        JournalSalvage salvage, string persistenceId, long first, long last, string writer, Action<IPersistentRepresentation> recoveryCallback)
    {
        foreach (var found in salvage.Read(persistenceId, first, last))
        {
            if (found.Event is null)
            {
                throw found.Failure!;
            }

            recoveryCallback(new Persistent(found.Event, found.SequenceNr, persistenceId, string.Empty, writerGuid: writer));
        }
    }

    private static SqliteException? ReasonToWait(Exception failure) =>
        SqliteErrors.Of(failure) is { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_BUSY or raw.SQLITE_CANTOPEN } reason ? reason : null;

    /// <summary>Writes that failed with others, to be written by themselves.</summary>
    private sealed record WriteAlone(
        List<AtomicWrite> Writes, Exception Failure, TaskCompletionSource<IImmutableList<Exception>> Outcome, CancellationToken Cancellation)
        : INoSerializationVerificationNeeded;

    private sealed record LookTick : INoSerializationVerificationNeeded
    {
        public static LookTick Instance { get; } = new();
    }
}

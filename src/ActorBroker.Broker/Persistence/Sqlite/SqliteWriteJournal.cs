using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Serializers = Akka.Serialization.Serialization;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// The journal of Akka.Persistence.Sql with a writer of its own (<see cref="SqliteWriter"/>): what a full or failing disk
/// keeps from being written is rejected (<see cref="JournalUnavailableException"/>). Everything else fails as ever, a
/// sequence number that another incarnation has used above all: whoever persisted that must stop, and nobody else must.
/// Where SQLite cannot read a page, the entities whose events lie there are replayed with what is left of them.
/// </summary>
/// <remarks>
/// A write whose fsync failed may turn out to be in the journal after a crash, although it was rejected and written
/// again: recovery must pass over what it has seen.
/// </remarks>
public sealed class SqliteWriteJournal(Config config) : SqlWriteJournal(config), IWithTimers
{
    // All of a page are in memory at once, and one may be 1 MiB.
    private const int PageRows = 32;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SqliteJournal _store = (SqliteJournal)JournalPlugins.StoreOf(Context);
    private readonly Serializers _serializers = Context.System.Serialization;
    private readonly EventRows _rows = new(Context.System.Serialization);
    private readonly WritesUnderWay _underWay = new();
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
        var entity = writes[0].PersistenceId;
        var written = _store.Writer.WriteAsync(_rows.Of(writes));
        _underWay.Begin(entity, written);
        _watch.Begin();
        try
        {
            await written.ConfigureAwait(false);

            // Nothing is rejected.
            return null!;
        }
        catch (JournalUnavailableException rejection)
        {
            return writes.Select(Exception (_) => rejection).ToImmutableList();
        }
        finally
        {
            _watch.End();
            _underWay.End(entity, written);
        }
    }

    /// <inheritdoc/>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        await _underWay.WaitAsync(persistenceId).ConfigureAwait(false);
        return await _store.Readers.ReadAsync(reader => reader.Highest(persistenceId, fromSequenceNr), cancellationToken).ConfigureAwait(false);
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
            for (var left = max; left > 0;)
            {
                var page = Math.Min(left, PageRows);
                var rows = await _store.Readers.ReadAsync(reader => reader.Events(persistenceId, next, toSequenceNr, page), CancellationToken.None).ConfigureAwait(false);
                foreach (var row in rows)
                {
                    next = row.SequenceNr + 1;
                    writer = row.Writer;
                    recoveryCallback(new Persistent(_serializers.Deserialize(row.Message, row.Identifier, row.Manifest), row.SequenceNr, persistenceId, string.Empty, writerGuid: writer));
                }

                left = rows.Count < page ? 0 : left - rows.Count;
            }
        }
        catch (Exception failure) when (JournalSalvage.IsDamage(failure))
        {
            await Task.Run(() => Salvage(_store.Damage.Salvage, persistenceId, next, toSequenceNr, writer, recoveryCallback)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        _store.Writer.MakeAsync(SqliteChanges.EventsDeleted(persistenceId, toSequenceNr));

    /// <inheritdoc/>
    protected override bool ReceivePluginInternal(object message)
    {
        if (message is not LookTick)
        {
            return base.ReceivePluginInternal(message);
        }

        OnLookTick();
        return true;
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

    private sealed record LookTick : INoSerializationVerificationNeeded
    {
        public static LookTick Instance { get; } = new();
    }
}

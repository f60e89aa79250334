using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>
/// The journal of Akka.Persistence.Sql with a writer of its own (<see cref="PostgreSqlWriter"/>): what the database cannot
/// take now is rejected (<see cref="JournalUnavailableException"/>), what another incarnation has written fails. Reading
/// waits for a database that is not there.
/// </summary>
public sealed class PostgreSqlWriteJournal : SqlWriteJournal, IWithTimers
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly PostgreSqlJournal _store;
    private readonly EventRows _rows = new(Context.System.Serialization);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly StallWatch _watch = new(TimeProvider.System, Patience);
    private readonly SkippedNumbers _skipped = new();
    private readonly WritesUnderWay _underWay = new();
    private readonly EventStream _events = Context.System.EventStream;

    /// <param name="config">Of the plug-in.</param>
    public PostgreSqlWriteJournal(Config config)
        : base(config) => _store = (PostgreSqlJournal)JournalPlugins.StoreOf(Context);

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        Timers.StartPeriodicTimer(LookTick.Instance, LookTick.Instance, LookInterval);
    }

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        var entity = writes[0].PersistenceId;
        var rows = _skipped.With(_rows.Of(writes));
        var written = _store.Writer.WriteAsync(rows);
        _underWay.Begin(entity, written);
        _watch.Begin();
        try
        {
            await written.ConfigureAwait(false);
            _skipped.Forget(rows);

            // Nothing is rejected.
            return null!;
        }
        catch (JournalUnavailableException rejection)
        {
            _skipped.Add(rows);
            return writes.Select(Exception (_) => rejection).ToImmutableList();
        }
        catch (Exception failure) when (PostgreSqlErrors.IsDuplicate(failure))
        {
            _events.Publish(new WriteFenced(entity));
            throw;
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
        return await _store.ReadAsync(() => base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        ArgumentNullException.ThrowIfNull(recoveryCallback);
        var next = fromSequenceNr;
        var left = max;
        return _store.ReadAsync(async () =>
        {
            await base.ReplayMessagesAsync(context, persistenceId, next, toSequenceNr, left, found =>
            {
                next = found.SequenceNr + 1;
                left--;
                recoveryCallback(found);
            }).ConfigureAwait(false);
            return true;
        });
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        _store.Table.DeleteAsync(persistenceId, toSequenceNr);

    /// <inheritdoc/>
    protected override bool ReceivePluginInternal(object message)
    {
        if (message is not LookTick)
        {
            return base.ReceivePluginInternal(message);
        }

        switch (_watch.Look())
        {
            case { IsOver: false } stall:
                _log.Warning("{0} has not answered for {1} s: {2} writes wait, and everything that they confirm", _store.Place, (long)stall.Lasted.TotalSeconds, stall.UnderWay);
                break;
            case { } over:
                _log.Info("{0} answers again, after {1} s", _store.Place, (long)over.Lasted.TotalSeconds);
                break;
        }

        return true;
    }

    private sealed record LookTick : INoSerializationVerificationNeeded
    {
        public static LookTick Instance { get; } = new();
    }
}

using System.Data.Common;
using System.Runtime.CompilerServices;
using LinqToDB.Interceptors;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// Gives up the thread before a connection opens, and sets up each native connection once.
/// </summary>
/// <remarks>
/// Microsoft.Data.Sqlite runs its asynchronous calls synchronously. Without the yield the journal's write stream runs
/// a whole transaction inside the call that offers it a row, so that it never finds a second row to put into the same
/// commit: 2.2 k single events/s instead of 11 to 18 k.
/// </remarks>
internal sealed class YieldingConnectionInterceptor(SqliteConnectionSettings settings, CommitGate gate) : ConnectionInterceptor
{
    // A pooled connection object is new each time, its native handle is not; a handle that the pool drops is forgotten.
    private readonly ConditionalWeakTable<sqlite3, object> _setUp = [];

    public override async Task ConnectionOpeningAsync(
        ConnectionEventData eventData,
        DbConnection connection,
        CancellationToken cancellationToken)
    {
        await Task.Yield();
        await gate.PassAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task ConnectionOpenedAsync(
        ConnectionEventData eventData,
        DbConnection connection,
        CancellationToken cancellationToken)
    {
        ConnectionOpened(eventData, connection);
        return Task.CompletedTask;
    }

    public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection)
    {
        if (connection is SqliteConnection { Handle: { } handle } sqlite && !_setUp.TryGetValue(handle, out _))
        {
            settings.SetUp(sqlite);
            _setUp.AddOrUpdate(handle, settings);
        }
    }
}

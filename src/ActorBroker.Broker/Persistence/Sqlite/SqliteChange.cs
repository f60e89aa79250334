using Microsoft.Data.Sqlite;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// A change of the file that is no event and may take a while, so that it is made in steps, between commits of events.
/// </summary>
/// <param name="step">
/// Makes some milliseconds' worth of it on the writer's connection, within a transaction; answers whether that was all.
/// Done again when the transaction fails.
/// </param>
internal sealed class SqliteChange(Func<SqliteConnection, bool> step)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when all of it is committed, or with why it is not.</summary>
    public Task Done => _done.Task;

    /// <summary>Whether the last step was the last one.</summary>
    public bool IsMade { get; private set; }

    /// <summary>Makes one step, which is not committed yet.</summary>
    public void Step(SqliteConnection connection) => IsMade = step(connection);

    /// <summary>All of it is committed.</summary>
    public void Complete() => _done.SetResult();

    /// <summary>Not all of it is committed, nor will be.</summary>
    public void Fail(Exception reason) => _done.SetException(reason);
}

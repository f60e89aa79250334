using System.Collections.Concurrent;

namespace ActorBroker.Broker.Persistence.Sqlite;

/// <summary>
/// Reads for recoveries on threads of the pool, few at a time: what is read is in the system's cache as a rule, and more
/// threads than cores would only take turns. For any thread.
/// </summary>
/// <param name="settings">The file, whose tables are there.</param>
internal sealed class SqliteReaders(SqliteConnectionSettings settings) : IDisposable
{
    private readonly SemaphoreSlim _room = new(Environment.ProcessorCount);
    private readonly ConcurrentBag<SqliteReader> _idle = [];

    /// <summary>Has a reader read.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">Through the task: the file cannot be read.</exception>
    public async Task<T> ReadAsync<T>(Func<SqliteReader, T> read, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(read), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Closes all; nobody reads any more.</summary>
    public void Dispose()
    {
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _room.Dispose();
    }

    private T Read<T>(Func<SqliteReader, T> read)
    {
        if (!_idle.TryTake(out var reader))
        {
            reader = new SqliteReader(settings.Open());
        }

        try
        {
            var result = read(reader);
            _idle.Add(reader);
            return result;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }
}

using System.Net.Sockets;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>What PostgreSQL, or the way to it, says is wrong: https://www.postgresql.org/docs/current/errcodes-appendix.html.</summary>
internal static class PostgreSqlErrors
{
    /// <summary>
    /// Whether the same may succeed later with nobody changing anything here: the server is gone, starts, fails over, is
    /// full, has too many connections, or could not do it beside others.
    /// </summary>
    public static bool MayPass(Exception? failure) => failure switch
    {
        null => false,
        PostgresException refused => MayPass(refused.SqlState),

        // The connection, or what it is made of.
        NpgsqlException or TimeoutException or IOException or SocketException => true,

        // The failure of a transaction may come together with that of its rollback.
        AggregateException several => several.InnerExceptions.Any(MayPass),
        _ => MayPass(failure.InnerException),
    };

    /// <summary>Whether a commit may have taken place although this is what came of it: nobody has said that it did not.</summary>
    public static bool LeavesDoubt(Exception failure) => failure switch
    {
        // A server that ends a connection does so between any two steps, of which one is the commit.
        PostgresException refused =>
            refused.InvariantSeverity is not "ERROR"
            || refused.SqlState == PostgresErrorCodes.StatementCompletionUnknown
            || Class(refused.SqlState) == "08",
        _ => failure is NpgsqlException or TimeoutException or IOException or SocketException or OperationCanceledException or ObjectDisposedException,
    };

    /// <summary>A row of this key is there already, or one of a later number (<see cref="EventTable"/>).</summary>
    public static bool IsDuplicate(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.NotNullViolation };

    private static bool MayPass(string state) =>
        state == PostgresErrorCodes.ReadOnlySqlTransaction || Class(state) is "08" or "40" or "53" or "55" or "57" or "58";

    private static string Class(string state) => state.Length < 2 ? state : state[..2];
}

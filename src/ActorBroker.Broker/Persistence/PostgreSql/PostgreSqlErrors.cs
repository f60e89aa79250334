using System.Net.Sockets;
using Npgsql;

namespace ActorBroker.Broker.Persistence.PostgreSql;

/// <summary>What PostgreSQL, or the way to it, says is wrong.</summary>
internal static class PostgreSqlErrors
{
    /// <summary>Whether the same may succeed later with nobody changing anything here: the server is gone, starts, fails over, is full, or could not do it beside others.</summary>
    public static bool MayPass(Exception? failure) => failure switch
    {
        null => false,
        PostgresException refused => MayPass(refused.SqlState),

        // The connection, or what it is made of.
        NpgsqlException or TimeoutException or IOException or SocketException => true,
        AggregateException several => several.InnerExceptions.Any(MayPass),
        _ => MayPass(failure.InnerException),
    };

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static bool MayPass(string state) => state is
        PostgresErrorCodes.ReadOnlySqlTransaction
        || state.AsSpan(0, 2) is "08" or "40" or "53" or "55" or "57" or "58";
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ActorBroker.Testing.PostgreSql;

/// <summary>
/// A PostgreSQL of a test's own: a new cluster in a temporary folder, on a port of 127.0.0.1 that it keeps when it is
/// started again. Needs Debian's package <c>postgresql</c>; run by root, it runs as the user <c>postgres</c>. It ends with
/// the test's process, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    // Below the ports that connections take for their own end: one that asks a stopped server again and again would
    // some day be given this very port for its own end, and find itself.
    private const int FirstPort = 10_240;
    private const int LastPort = 32_767;
    private const int Attempts = 10;

    private readonly PostgresPrograms _programs;
    private readonly string _folder;
    private readonly IDisposable _guard;

    private PostgresServer(PostgresPrograms programs, string folder, int port)
    {
        _programs = programs;
        _folder = folder;
        Port = port;
        _guard = programs.StopAndDeleteAtTheEnd(folder);
    }

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>For Npgsql: the empty database <c>postgres</c>, as a superuser, without a password.</summary>
    public string ConnectionString => ConnectionStringOf("postgres");

    /// <summary>Creates and starts one, with room for 200 connections.</summary>
    /// <param name="settings">Further settings, such as <c>max_connections=20</c>, each on top of the defaults.</param>
    /// <exception cref="InvalidOperationException">It is not installed or does not start; says what it printed.</exception>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var programs = PostgresPrograms.Find();
        var folder = await programs.NewClusterAsync();
        var server = new PostgresServer(programs, folder, port: 0);
        try
        {
            await File.AppendAllLinesAsync(Path.Combine(folder, "postgresql.conf"),
            [
                "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", "max_connections = 200", "shared_buffers = 32MB",
                // A killed server loses nothing without it, and the machine is not what fails here.
                "fsync = off", .. settings,
            ]);
            await server.StartOnFreePortAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>For Npgsql: a database of this server.</summary>
    public string ConnectionStringOf(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database}");

    /// <summary>Runs statements as a superuser.</summary>
    /// <returns>What they answer: a line for each row, its columns divided by <c>|</c>.</returns>
    /// <exception cref="InvalidOperationException">One of them fails.</exception>
    public Task<string> ExecuteAsync(string statements, string database = "postgres") => _programs.RunAsync(
        "psql", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-qAt", "-h", "127.0.0.1", "-p", Number(Port), "-U", "postgres", "-d", database, "-c", statements);

    /// <summary>Ends it as a crash would: its processes are killed, connections reset, the next start recovers.</summary>
    public Task StopImmediateAsync() => _programs.StopAsync(_folder, "immediate");

    /// <summary>Ends it in order, connections included (57P01).</summary>
    public Task StopFastAsync() => _programs.StopAsync(_folder, "fast");

    /// <summary>Starts it again, on the same port and with what it held, and returns when it answers.</summary>
    public Task StartAgainAsync() =>
        _programs.RunAsync("pg_ctl", "start", "-w", "-t", "60", "-D", _folder, "-l", Path.Combine(_folder, "log"), "-o", $"-p {Number(Port)}");

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _guard.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task StartOnFreePortAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = FreePort();
            try
            {
                await StartAgainAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < Attempts)
            {
                // Somebody else had the same idea of a free port.
            }
        }
    }

    private static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(FirstPort, LastPort + 1);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

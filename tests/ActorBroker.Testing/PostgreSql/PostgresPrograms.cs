using System.Diagnostics;
using System.Globalization;

namespace ActorBroker.Testing.PostgreSql;

/// <summary>The programs of PostgreSQL, run as a user whom they accept: they refuse root.</summary>
internal sealed class PostgresPrograms
{
    private const string Installed = "/usr/lib/postgresql";
    private const string User = "postgres";

    // The shell is told to end by the end of its input, which comes when this process ends, too.
    private const string StopAndDelete =
        """read -r _; "$1/pg_ctl" stop -s -m immediate -D "$2"; rm -rf "$2" """;

    private readonly string _folder;

    private PostgresPrograms(string folder) => _folder = folder;

    /// <summary>The newest that is installed.</summary>
    public static PostgresPrograms Find()
    {
        var newest = (Directory.Exists(Installed) ? Directory.GetDirectories(Installed) : [])
            .Select(folder => (Version: Path.GetFileName(folder), Programs: Path.Combine(folder, "bin")))
            .Where(found => File.Exists(Path.Combine(found.Programs, "initdb")))
            .MaxBy(found => int.TryParse(found.Version, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0);
        return new PostgresPrograms(newest.Programs ?? throw new InvalidOperationException($"No PostgreSQL below {Installed}: install Debian's postgresql."));
    }

    /// <summary>An empty cluster in a folder of its own.</summary>
    public async Task<string> NewClusterAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"actorbroker-postgres-{Guid.NewGuid():N}");
        await RunAsync("initdb", "-D", folder, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        return folder;
    }

    public Task StopAsync(string cluster, string mode) => RunAsync("pg_ctl", "stop", "-w", "-t", "60", "-m", mode, "-D", cluster);

    /// <summary>Stops the cluster and deletes its folder when disposed of, or when this process ends.</summary>
    public IDisposable StopAndDeleteAtTheEnd(string cluster) => new Guard(Start("sh", ["-c", StopAndDelete, "sh", _folder, cluster]));

    /// <summary>Runs one to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; says what it printed.</exception>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        // The server that pg_ctl starts prints to its log only: these end with pg_ctl.
        using var process = Start(Path.Combine(_folder, program), arguments);
        process.StandardInput.Close();
        var printed = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? printed[0].Trim()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {string.Join(' ', printed).Trim()}");
    }

    private static Process Start(string program, string[] arguments)
    {
        string[] asUser = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid", User, "--regid", User, "--clear-groups", "--", program]
            : [program];
        return Process.Start(new ProcessStartInfo(asUser[0], [.. asUser[1..], .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
    }

    private sealed class Guard(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }
}

using System.Diagnostics;

namespace ActorBroker.Server.Tests;

/// <summary>The real executable in a process of its own, killed on <see cref="Dispose"/> if it still runs.</summary>
internal sealed class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Of the operating system.</summary>
    public int Id => _process.Id;

    /// <summary>For a broker whose HTTP ports are not what is tested: others may have them.</summary>
    public static string[] WithoutHttp { get; } =
        ["--set", "actorbroker.listeners.http.enabled=off", "--set", "actorbroker.listeners.prometheus.enabled=off"];

    public static ServerProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "actorbroker.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>The first line on standard output, or null when the process ended without one.</summary>
    public async Task<string?> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>Asks the process to end, by the name of a signal such as TERM.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<(int ExitCode, string Output, string Errors)> WaitForExitAsync(TimeSpan? limit = null)
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync().WaitAsync(limit ?? Patience);
        return (_process.ExitCode, await output, await _errors);
    }

    /// <summary>The files that it has mapped, libraries among them, as Linux lists them.</summary>
    public Task<string> MapsAsync() => File.ReadAllTextAsync($"/proc/{_process.Id}/maps");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}

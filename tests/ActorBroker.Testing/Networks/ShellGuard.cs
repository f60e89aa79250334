using System.Diagnostics;

namespace ActorBroker.Testing.Networks;

/// <summary>
/// A shell script that waits for the end of its input (<c>read</c>) and then tidies up: when this is disposed of, or when
/// the test's process has ended, even by SIGKILL.
/// </summary>
public sealed class ShellGuard : IAsyncDisposable
{
    private readonly Process _shell;

    /// <param name="script">To be run by <c>sh</c>.</param>
    /// <param name="arguments">Its <c>$1</c> and so on.</param>
    public ShellGuard(string script, params string[] arguments) => _shell = Start("setsid", ["sh", "-c", script, "sh", .. arguments]);

    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; says what it printed.</exception>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private static Process Start(string program, string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardError = true,
    })!;
}

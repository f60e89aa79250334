using System.Diagnostics;
using System.Text;

namespace ActorBroker.Server.Tests;

/// <summary>A program on a terminal of its own, which util-linux's <c>script</c> makes: what somebody sees who types.</summary>
internal sealed class TypedProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private int _seen;

    private TypedProcess(Process process) => _process = process;

    /// <summary>Starts a program that is beside the tests.</summary>
    public static TypedProcess Start(string program, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        string[] words = ["dotnet", Path.Combine(AppContext.BaseDirectory, program), .. arguments];
        var command = string.Join(' ', words.Select(static word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        var start = new ProcessStartInfo("script", ["-qefc", command, "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return new TypedProcess(Process.Start(start)!);
    }

    /// <summary>Waits until this is on the screen, behind what was waited for before.</summary>
    public async Task SeesAsync(string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        var read = new char[1024];
        int place;
        while ((place = _screen.ToString().IndexOf(text, _seen, StringComparison.Ordinal)) < 0)
        {
            var count = await _process.StandardOutput.ReadAsync(read, limit.Token);
            if (count == 0)
            {
                throw new InvalidOperationException($"It ended without '{text}': {_screen}");
            }

            _screen.Append(read, 0, count);
        }

        _seen = place + text.Length;
    }

    /// <summary>Types this, and Enter.</summary>
    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text + "\r");
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code, and all that was on the screen.</returns>
    public async Task<(int ExitCode, string Screen)> EndAsync()
    {
        _screen.Append(await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience));
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, _screen.ToString());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}

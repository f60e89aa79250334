using System.Diagnostics;
using System.Globalization;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Tutorials;

/// <summary>Runs a script with the address of the broker as arguments, and hands back what it printed.</summary>
public static class ScriptRunner
{
    private static readonly TimeSpan ScriptLimit = TimeSpan.FromSeconds(60);

    /// <summary>The folder of this test project: scripts run from where their packages were installed.</summary>
    private static string ProjectFolder { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../.."));

    public static Task<string[]> NodeAsync(BrokerEndpoint broker, string script)
    {
        var folder = Path.Combine(ProjectFolder, "node");
        Assert.True(
            Directory.Exists(Path.Combine(folder, "node_modules", "amqplib")),
            $"amqplib is not installed: run `npm ci` in {folder}");
        return RunAsync("node", folder, script, broker);
    }

    public static async Task<string[]> PythonAsync(BrokerEndpoint broker, string script)
    {
        var python = await Python.Value;
        Assert.True(python is not null, "no python3 with pika was found: run `apt-get install python3-pika`");
        return await RunAsync(python, Path.Combine(ProjectFolder, "python"), script, broker);
    }

    /// <summary>The first interpreter that has pika: that of the distribution need not be the first in the path.</summary>
    private static Lazy<Task<string?>> Python { get; } = new(async () =>
    {
        foreach (var candidate in new[] { "python3", "/usr/bin/python3" })
        {
            var (exitCode, _, _) = await StartAsync(new ProcessStartInfo(candidate) { ArgumentList = { "-c", "import pika" } });
            if (exitCode == 0)
            {
                return candidate;
            }
        }

        return null;
    });

    private static async Task<string[]> RunAsync(string program, string folder, string script, BrokerEndpoint broker)
    {
        var (exitCode, output, errors) = await StartAsync(new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            ArgumentList = { script, broker.Host, broker.Port.ToString(CultureInfo.InvariantCulture) },
            Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1" },
        });
        Assert.True(exitCode == 0, $"{script} ended with {exitCode}{Environment.NewLine}{output}{Environment.NewLine}{errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> StartAsync(ProcessStartInfo info)
    {
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        info.UseShellExecute = false;
        Process? process;
        try
        {
            process = Process.Start(info);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", $"{info.FileName}: {e.Message}");
        }

        using var limit = new CancellationTokenSource(ScriptLimit);
        using (process!)
        {
            var output = process!.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return (-1, await output, $"not finished after {ScriptLimit}{Environment.NewLine}{await errors}");
            }

            return (process.ExitCode, await output, await errors);
        }
    }
}

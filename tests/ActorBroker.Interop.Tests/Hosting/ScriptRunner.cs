using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace ActorBroker.Interop.Tests.Hosting;

/// <summary>
/// Runs the script of another client in a process of its own, with the address of the broker as its last two arguments,
/// and hands back the lines that it printed. Scripts lie beside the tests, one folder for each language.
/// </summary>
public static class ScriptRunner
{
    private static readonly TimeSpan ScriptLimit = TimeSpan.FromSeconds(60);

    /// <summary>The folder of this test project: scripts run from where their packages were installed.</summary>
    private static string ProjectFolder { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../.."));

    /// <summary>The first interpreter that has the packages: that of the distribution need not be the first in the path.</summary>
    private static Lazy<Task<string?>> PythonWithPika { get; } = new(() => PythonAsync("import pika"));

    private static Lazy<Task<string?>> PythonWithParser { get; } = new(() => PythonAsync("import pika, prometheus_client"));

    private static Lazy<Task<string?>> PythonWithCelery { get; } = new(() => PythonAsync("import celery"));

    /// <summary>The compiled Go programs: one executable, whose first argument names the part to play.</summary>
    private static Lazy<Task<string>> GoProgram { get; } = new(BuildGoAsync);

    /// <param name="broker">The broker to connect to.</param>
    /// <param name="script">File in the folder <c>node</c>.</param>
    /// <param name="onLine">Told each line as it is printed, before the script has ended.</param>
    /// <param name="environment">Variables that the script sees beside those of the tests.</param>
    public static Task<string[]> NodeAsync(
        BrokerEndpoint broker, string script, Action<string>? onLine = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var folder = Path.Combine(ProjectFolder, "node");
        Assert.True(
            Directory.Exists(Path.Combine(folder, "node_modules", "amqplib")),
            $"amqplib is not installed: run `npm ci` in {folder}");
        return RunAsync("node", "node", [script], broker, onLine, environment);
    }

    public static async Task<string[]> PythonAsync(
        BrokerEndpoint broker, string script, Action<string>? onLine = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var python = await PythonWithPika.Value;
        Assert.True(python is not null, "no python3 with pika was found: run `apt-get install python3-pika`");
        return await RunAsync(python, "python", [script], broker, onLine, environment);
    }

    /// <param name="broker">The broker to connect to.</param>
    /// <param name="metrics">Where its metrics are, <c>http://HOST:PORT</c>.</param>
    public static async Task<string[]> MetricsAsync(BrokerEndpoint broker, string metrics)
    {
        var python = await PythonWithParser.Value;
        Assert.True(python is not null, "no python3 with prometheus_client was found: run `apt-get install python3-prometheus-client`");
        return await RunAsync(python, "python", ["metrics.py", metrics], broker, onLine: null);
    }

    public static async Task<string[]> CeleryAsync(BrokerEndpoint broker, params string[] arguments)
    {
        var python = await PythonWithCelery.Value;
        Assert.True(python is not null, "no python3 with Celery was found: run `apt-get install python3-celery`");
        return await RunAsync(python, "celery", arguments, broker, onLine: null);
    }

    public static Task<string[]> RubyAsync(BrokerEndpoint broker, string script, Action<string>? onLine = null) =>
        RunAsync(File.Exists("/usr/bin/ruby") ? "/usr/bin/ruby" : "ruby", "ruby", [script], broker, onLine);

    public static Task<string[]> PhpAsync(BrokerEndpoint broker, string script, Action<string>? onLine = null) =>
        RunAsync(File.Exists("/usr/bin/php") ? "/usr/bin/php" : "php", "php", [script], broker, onLine);

    public static async Task<string[]> GoAsync(BrokerEndpoint broker, string part, Action<string>? onLine = null) =>
        await RunAsync(await GoProgram.Value, "go", [part], broker, onLine);

    private static async Task<string?> PythonAsync(string check)
    {
        foreach (var candidate in new[] { "python3", "/usr/bin/python3" })
        {
            var (exitCode, _, _) = await StartAsync(new ProcessStartInfo(candidate) { ArgumentList = { "-c", check } });
            if (exitCode == 0)
            {
                return candidate;
            }
        }

        return null;
    }

    private static async Task<string> BuildGoAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "go-clients");
        var (exitCode, output, errors) = await StartAsync(new ProcessStartInfo("go")
        {
            WorkingDirectory = Path.Combine(ProjectFolder, "go"),
            ArgumentList = { "build", "-o", program, "." },
            // The client is a package of the distribution, which lays its sources out as a GOPATH.
            Environment = { ["GO111MODULE"] = "off", ["GOPATH"] = "/usr/share/gocode", ["GOFLAGS"] = "" },
        });
        Assert.True(exitCode == 0, $"go build ended with {exitCode}{Environment.NewLine}{output}{Environment.NewLine}{errors}");
        return program;
    }

    private static async Task<string[]> RunAsync(
        string program, string folder, string[] arguments, BrokerEndpoint broker, Action<string>? onLine,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(program)
        {
            WorkingDirectory = Path.Combine(ProjectFolder, folder),
            Environment = { ["PYTHONDONTWRITEBYTECODE"] = "1", ["PYTHONUNBUFFERED"] = "1" },
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        foreach (var argument in arguments.Append(broker.Host).Append(broker.Port.ToString(CultureInfo.InvariantCulture)))
        {
            info.ArgumentList.Add(argument);
        }

        var (exitCode, output, errors) = await StartAsync(info, onLine);
        Assert.True(
            exitCode == 0, $"{program} {arguments[0]} ended with {exitCode}{Environment.NewLine}{output}{Environment.NewLine}{errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> StartAsync(ProcessStartInfo info, Action<string>? onLine = null)
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
            var output = ReadLinesAsync(process!.StandardOutput, onLine);
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

    private static async Task<string> ReadLinesAsync(StreamReader reader, Action<string>? onLine)
    {
        var output = new StringBuilder();
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            output.AppendLine(line);
            onLine?.Invoke(line);
        }

        return output.ToString();
    }
}

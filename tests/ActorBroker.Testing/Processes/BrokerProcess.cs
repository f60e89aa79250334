using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ActorBroker.Testing.Processes;

/// <summary>
/// The built server as a process of its own, on a data folder that outlives the process, so that it can be killed
/// and started again on the same data and port.
/// </summary>
public sealed partial class BrokerProcess : IAsyncDisposable
{
    /// <summary>The time any single answer of a broker may take before a test gives up.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private const int KeptOutputCharacters = 256 * 1024;

    // An exception with its stack is one line; a hundred of them must not push out what came before.
    private const int KeptLineCharacters = 600;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private readonly string _dataFolder = Directory.CreateTempSubdirectory("actorbroker-interop-").FullName;
    private readonly BrokerLaunch _launch;
    private readonly StringBuilder _output = new();
    private Process? _process;
    private TaskCompletionSource _exited = new();
    private int _port;

    private BrokerProcess(BrokerLaunch launch) => _launch = launch;

    public BrokerEndpoint Endpoint { get; private set; } = new("127.0.0.1", 0);

    /// <summary>Address of a listener by its name, as the process that runs now, or ran last, told.</summary>
    public BrokerEndpoint EndpointOf(string listener)
    {
        var match = Regex.Matches(Output(), $@"\bready:.*\b{Regex.Escape(listener)} (?<endpoint>[^\s,;]+:\d+)").LastOrDefault();
        return BrokerEndpoint.Parse((match ?? throw new InvalidOperationException($"the broker told of no listener {listener}")).Groups["endpoint"].Value);
    }

    /// <summary>Where it keeps everything; other processes may touch it only while it does not run.</summary>
    public string DataFolder => _dataFolder;

    /// <summary>Of the process that runs now.</summary>
    public int ProcessId => (_process ?? throw new InvalidOperationException("the broker does not run")).Id;

    /// <summary>Starts a broker on an empty data folder and a free port.</summary>
    /// <param name="settings">Further <c>KEY=VALUE</c> settings, each handed over with <c>--set</c>.</param>
    public static Task<BrokerProcess> StartAsync(params string[] settings) => StartAsync(new BrokerLaunch { Settings = settings });

    /// <param name="environment">Variables that each run of the broker sees beside those of the tests.</param>
    /// <param name="settings">As above.</param>
    public static Task<BrokerProcess> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] settings) =>
        StartAsync(new BrokerLaunch { Environment = environment, Settings = settings });

    /// <param name="configurationFile">HOCON that each run lays over the configuration that the broker comes with.</param>
    public static Task<BrokerProcess> StartWithFileAsync(string configurationFile) =>
        StartAsync(new BrokerLaunch { ConfigurationFile = configurationFile });

    /// <summary>Starts a broker as described; each further run of it is described alike.</summary>
    public static async Task<BrokerProcess> StartAsync(BrokerLaunch launch)
    {
        var broker = new BrokerProcess(launch);
        try
        {
            await broker.StartAgainAsync();
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }

        return broker;
    }

    /// <summary>Starts the broker on the data and port of its previous run, and returns once it serves clients.</summary>
    public async Task StartAgainAsync()
    {
        var ready = new TaskCompletionSource<BrokerEndpoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = StartInfo(), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => OnLine(line.Data, ready);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Exited += (_, _) =>
        {
            ready.TrySetException(new InvalidOperationException("the broker ended before it was ready"));
            exited.TrySetResult();
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        (_process, _exited) = (process, exited);
        try
        {
            Endpoint = await ready.Task.WaitAsync(StartLimit);
            _port = Endpoint.Port;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            if (process.HasExited)
            {
                // What it wrote last comes later than the news of its end.
                await process.WaitForExitAsync();
            }

            throw new InvalidOperationException($"{e.Message}; its output:{Environment.NewLine}{Output()}", e);
        }
    }

    /// <summary>Ends the process with SIGKILL: nothing of it gets to flush or say goodbye.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await _exited.Task.WaitAsync(StopLimit);
            process.Dispose();
        }
    }

    /// <summary>Starts the broker and kills it after that time, whether it serves clients by then or not.</summary>
    public async Task StartAndKillAsync(TimeSpan after)
    {
        var starting = StartAgainAsync();
        await Task.WhenAny(starting, Task.Delay(after));
        await KillAsync();
        await Task.WhenAny(starting);
        if (starting.IsFaulted && starting.Exception.InnerException is not InvalidOperationException)
        {
            await starting;
        }
    }

    /// <summary>Asks the process with SIGTERM to end, and returns its exit code once it has.</summary>
    public async Task<int> StopAsync()
    {
        var process = _process ?? throw new InvalidOperationException("the broker does not run");
        await SignalAsync("TERM");
        await _exited.Task.WaitAsync(StopLimit);
        _process = null;
        var exitCode = process.ExitCode;
        process.Dispose();
        return exitCode;
    }

    /// <summary>Sends the process a signal by its name, such as STOP.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>What the broker wrote last, for the message of a failed test.</summary>
    public string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_dataFolder, recursive: true);
    }

    private ProcessStartInfo StartInfo()
    {
        string[] command = [.. _launch.CommandPrefix, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"];
        string[] configuration = _launch.ConfigurationFile is { } file ? ["--config", file] : [];
        string[] listener =
        [
            $"actorbroker.listeners.amqp.host={_launch.Host}",
            string.Create(CultureInfo.InvariantCulture, $"actorbroker.listeners.amqp.port={_port}"),
            "actorbroker.listeners.http.enabled=off",
            "actorbroker.listeners.prometheus.enabled=off",
        ];
        string[] arguments =
        [
            .. command[1..], ServerAssembly(), "--data", _dataFolder, .. configuration, .. _launch.Arguments,
            .. listener.Concat(_launch.Settings).SelectMany(setting => new[] { "--set", setting }),
        ];
        var info = new ProcessStartInfo(command[0], arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _dataFolder,
        };
        foreach (var (name, value) in _launch.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    /// <summary>The server built with these tests: same configuration, same framework.</summary>
    public static string ServerAssembly()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.GetFullPath(Path.Combine(
            framework.FullName, "../../../../../src/ActorBroker.Server/bin", framework.Parent!.Name, framework.Name, "actorbroker.dll"));
        return File.Exists(path) ? path : throw new FileNotFoundException("the server is not built", path);
    }

    private void OnLine(string? line, TaskCompletionSource<BrokerEndpoint> ready)
    {
        Keep(line);
        if (line is not null && line.Contains("ready:", StringComparison.Ordinal) && AmqpListener().Match(line) is { Success: true } match)
        {
            ready.TrySetResult(BrokerEndpoint.Parse(match.Groups["endpoint"].Value));
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Append(line.AsSpan(0, Math.Min(line.Length, KeptLineCharacters))).AppendLine();
            if (_output.Length > KeptOutputCharacters)
            {
                _output.Remove(0, _output.Length - (KeptOutputCharacters / 2));
            }
        }
    }

    [GeneratedRegex(@"\bamqp (?<endpoint>[^\s,;]+:\d+)")]
    private static partial Regex AmqpListener();
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorBroker.Management.Tests.RabbitMq;

/// <summary>A RabbitMQ of the distribution with its management plug-in, on free ports of this machine, with a port mapper of its own.</summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private const string Programs = "/usr/lib/rabbitmq/bin";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-rabbitmq-");
    private readonly Dictionary<string, string> _environment;
    private readonly int _mapperPort = FreePort();
    private Process? _server;

    private RabbitMqServer()
    {
        var home = _folder.FullName;
        File.WriteAllText(Path.Combine(home, "plugins"), "[rabbitmq_management].");
        File.WriteAllText(
            Path.Combine(home, "rabbitmq.conf"), $"log.console.level = error\nmanagement.tcp.port = {HttpPort}\nmanagement.tcp.ip = 127.0.0.1\n");
        _environment = new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["RABBITMQ_NODENAME"] = "test@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = $"{FreePort()}",
            ["RABBITMQ_DIST_PORT"] = $"{FreePort()}",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(home, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(home, "log"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(home, "plugins"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(home, "rabbitmq"),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["ERL_EPMD_PORT"] = $"{_mapperPort}",
        };
    }

    /// <summary>Where its API is.</summary>
    public int HttpPort { get; } = FreePort();

    /// <summary>Whether the distribution's package is there.</summary>
    public static bool IsInstalled => File.Exists($"{Programs}/rabbitmq-server");

    /// <summary>Starts it, and waits until its API answers.</summary>
    public static async Task<RabbitMqServer> StartAsync()
    {
        var server = new RabbitMqServer();
        try
        {
            server._server = server.Start($"{Programs}/rabbitmq-server", []);
            await server.ReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            using var stop = Start($"{Programs}/rabbitmqctl", ["-n", "test@localhost", "shutdown"]);
            await stop.WaitForExitAsync();
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            server.Dispose();
            using var mapper = Start("epmd", ["-port", $"{_mapperPort}", "-kill"]);
            await mapper.WaitForExitAsync();
        }

        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Start(string program, string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
        {
            info.Environment[name] = value;
        }

        var process = Process.Start(info)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task ReadyAsync()
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("guest:guest")));
        using var limit = new CancellationTokenSource(StartLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{HttpPort}/api/whoami"), limit.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Management;

/// <summary>A collector of OpenTelemetry hears of what the broker does.</summary>
public sealed class TelemetryTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly HttpListener _collector = new();
    private readonly ConcurrentDictionary<string, byte[]> _last = new();

    [Fact]
    public async Task Traces_and_figures_go_to_the_collector_that_is_configured()
    {
        var address = Listen();
        await using var broker = await BrokerProcess.StartAsync(
            $"actorbroker.telemetry.otlp-endpoint={address}", "actorbroker.telemetry.protocol=http/protobuf", "actorbroker.telemetry.interval=200ms");
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("told", durable: false, exclusive: false, autoDelete: false);
        var trace = ActivityTraceId.CreateRandom();
        var headers = new Dictionary<string, object?> { ["traceparent"] = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01" };
        await channel.BasicPublishAsync("", "told", mandatory: false, new BasicProperties { Headers = headers }, new byte[10]);
        await HearAsync("/v1/traces", body => Contains(body, "enqueue told") && Contains(body, Convert.FromHexString(trace.ToHexString())));
        await HearAsync("/v1/metrics", body => Contains(body, "actorbroker.messages.published"));
    }

    public void Dispose() => _collector.Close();

    private string Listen()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        _collector.Prefixes.Add(address);
        _collector.Start();
        _ = ServeAsync();
        return address;
    }

    private async Task ServeAsync()
    {
        while (_collector.IsListening)
        {
            try
            {
                var context = await _collector.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _last.AddOrUpdate(context.Request.Url!.AbsolutePath, _ => body.ToArray(), (_, before) => [.. before, .. body.ToArray()]);
                context.Response.Close();
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task HearAsync(string path, Predicate<byte[]> isRight)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!(_last.TryGetValue(path, out var body) && isRight(body)))
        {
            Assert.False(limit.IsCancellationRequested, $"{path} was not told");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static bool Contains(byte[] body, string text) => Contains(body, Encoding.UTF8.GetBytes(text));

    private static bool Contains(byte[] body, byte[] part) => body.AsSpan().IndexOf(part) >= 0;
}

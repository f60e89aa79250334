using System.Diagnostics;
using System.Globalization;
using System.Net;
using ActorBroker.Interop.Tests.Hosting;
using ActorBroker.Interop.Tests.Tls;
using ActorBroker.Interop.Tests.Wire;
using ActorBroker.Testing.Fuzz;
using RabbitMQ.Client;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Fuzz;

/// <summary>
/// A hundred thousand inputs at the ports of a broker, structured and without sense, beside a client that means well: it is
/// served throughout, nothing goes wrong within the broker, and its memory stays bounded.
/// </summary>
[Collection(FuzzedBroker.Name)]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261123;
    private const int Workers = 8;
    private const int Structured = 92_000;
    private const int Damaged = 5_000;
    private const int Beginnings = 2_000;
    private const int Secure = 1_000;
    private const int Hellos = 1_000;
    private const int Proxied = 1_000;
    private const int MemoryMegabytesMax = 400;
    private const ushort ChannelsOfConnection = 500;

    // Whoever comes from there is a proxy; the client that means well comes from 127.0.0.1.
    private static readonly IPAddress Proxy = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task The_ports_of_AMQP_bear_a_hundred_thousand_inputs()
    {
        await using var broker = await TlsBroker.StartAsync(
            "actorbroker.log.level=error", "actorbroker.amqp091.handshake-timeout=2s", "actorbroker.tls.handshake-timeout=2s", $"actorbroker.clients.proxies=[\"{Proxy}\"]");
        using var ending = new CancellationTokenSource();
        var good = UseAsync(broker.Process.Endpoint, ending.Token);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => FuzzAsync(broker, worker)));
        output.WriteLine($"{Structured + Damaged + Beginnings + Secure + Hellos + Proxied} inputs in {clock.Elapsed.TotalSeconds:0.0} s, {ResidentMegabytes(broker.Process.ProcessId)} MB");
        await ending.CancelAsync();
        Assert.True(await good > 0);

        Assert.InRange(ResidentMegabytes(broker.Process.ProcessId), 1, MemoryMegabytesMax);
        // Only errors are logged.
        var told = broker.Process.Output();
        Assert.True(told.Split('\n', StringSplitOptions.RemoveEmptyEntries).All(static line => line.Contains("ready:", StringComparison.Ordinal)), told);
    }

    private static async Task FuzzAsync(TlsBroker broker, int worker)
    {
        var random = new Random(Seed + worker);
        await StructuredAsync(broker.Process.Endpoint, random, Structured / Workers);
        for (var i = 0; i < Damaged / Workers; i++)
        {
            await DamagedAsync(broker.Process.Endpoint, random);
        }

        for (var i = 0; i < Beginnings / Workers; i++)
        {
            await BeginAsync(random.Next(2) == 0 ? broker.Secure : broker.Process.Endpoint, random, tls: false);
        }

        for (var i = 0; i < Secure / Workers; i++)
        {
            await BeginAsync(broker.Secure, random, tls: true);
        }

        var hellos = new FuzzedHellos(random);
        for (var i = 0; i < Hellos / Workers; i++)
        {
            await SendOnceAsync(broker.Secure, hellos.Next());
        }

        var headers = new FuzzedProxyHeaders(random);
        for (var i = 0; i < Proxied / Workers; i++)
        {
            byte[] next = random.Next(4) == 0 ? hellos.Next() : FuzzClient.Opening;
            await SendOnceAsync(random.Next(2) == 0 ? broker.Secure : broker.Process.Endpoint, [.. headers.Next(), .. next], Proxy);
        }
    }

    // Each method on a channel of its own, so that the error of one does not hide the next.
    private static async Task StructuredAsync(BrokerEndpoint endpoint, Random random, int count)
    {
        var methods = new FuzzedMethods(random);
        for (var sent = 0; sent < count;)
        {
            await using var client = await FuzzClient.ConnectAsync(endpoint);
            await client.SendAsync(FuzzClient.Opening);
            for (ushort channel = 1; channel <= ChannelsOfConnection && sent < count && !client.HasEnded; channel++, sent++)
            {
                await client.SendAsync(new[] { RawConnection.Frame(FrameType.Method, channel, RawConnection.Method(20, 10, new Payload().ShortString(""))), methods.Next(channel) }
                    .SelectMany(static frame => frame).ToArray());
            }

            await client.CloseAsync();
        }
    }

    private static async Task DamagedAsync(BrokerEndpoint endpoint, Random random)
    {
        var methods = new FuzzedMethods(random);
        await using var client = await FuzzClient.ConnectAsync(endpoint);
        await client.SendAsync(FuzzClient.Opening);
        var open = RawConnection.Frame(FrameType.Method, 1, RawConnection.Method(20, 10, new Payload().ShortString("")));
        await client.SendAsync(new FuzzedBytes(random).Damage([.. open, .. methods.Next(1), .. methods.Next(1)]));
        await client.LeaveAsync();
    }

    private static async Task SendOnceAsync(BrokerEndpoint endpoint, byte[] bytes, IPAddress? from = null)
    {
        await using var client = await FuzzClient.ConnectAsync(endpoint, from: from);
        await client.SendAsync(bytes);
        await client.LeaveAsync();
    }

    private static async Task BeginAsync(BrokerEndpoint endpoint, Random random, bool tls)
    {
        await using var client = await FuzzClient.ConnectAsync(endpoint, tls);
        var bytes = new FuzzedBytes(random);
        await client.SendAsync(random.Next(3) switch
        {
            0 => bytes.Noise(random.Next(1, 2_000)),
            1 => bytes.Damage([0x16, 3, 1, 0, 60, 1, 0, 0, 56, 3, 3, .. bytes.Noise(32), 0, 0, 2, 0x13, 1, 1, 0, 0, 13, 0, 43, 0, 3, 2, 3, 4]),
            _ => bytes.Damage(FuzzClient.Opening),
        });
        await client.LeaveAsync();
    }

    private static async Task<int> UseAsync(BrokerEndpoint endpoint, CancellationToken ending)
    {
        var served = 0;
        await using var connection = await new ConnectionFactory { HostName = endpoint.Host, Port = endpoint.Port, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(CancellationToken.None);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), CancellationToken.None);
        var queue = (await channel.QueueDeclareAsync(cancellationToken: CancellationToken.None)).QueueName;
        while (!ending.IsCancellationRequested)
        {
            await channel.BasicPublishAsync("", queue, "served"u8.ToArray(), CancellationToken.None).AsTask().WaitAsync(BrokerFixture.Limit, CancellationToken.None);
            Assert.NotNull(await channel.BasicGetAsync(queue, autoAck: true, CancellationToken.None).WaitAsync(BrokerFixture.Limit, CancellationToken.None));
            served++;
            await Task.Delay(10, CancellationToken.None);
        }

        return served;
    }

    private static int ResidentMegabytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}

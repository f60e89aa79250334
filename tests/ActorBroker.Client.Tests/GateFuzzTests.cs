using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorBroker.Testing.Fuzz;
using ActorBroker.TestKit;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>
/// Frames of all kinds at the port for clients of Akka.Remote, structured and without sense, beside a client that means well: it is
/// served throughout, and the broker's memory stays bounded.
/// </summary>
public sealed class GateFuzzTests : IAsyncLifetime
{
    private const int Seed = 20261125;
    private const int Inputs = 1_500;
    private const int Workers = 4;
    private const long KeptBytesMax = 100 << 20;
    private const string Watching = "Akka.Dispatch.SysMsg.Watch, Akka";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(5);

    private readonly ActorSystem _application = ClientSystem.Start();
    private TestBroker? _broker;

    public async Task InitializeAsync() => _broker = await TestBroker.StartAsync(new TestBrokerSettings
    {
        Settings = ["actorbroker.akka-clients.gate.enabled=on", "actorbroker.akka-clients.gate.port=0"],
    });

    public async Task DisposeAsync()
    {
        await _application.Terminate();
        await _broker!.DisposeAsync();
    }

    [Fact]
    public async Task The_port_for_Akka_clients_bears_frames_of_all_kinds()
    {
        var contact = _broker!.ClientSettings.Contacts.Single();
        var client = BrokerClient.Start(_application, _broker.ClientSettings);
        await client.ConnectedAsync();
        await client.DeclareQueueAsync("orders");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var fuzzing = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => FuzzAsync(IPEndPoint.Parse(contact), new Random(Seed + worker))));
        var served = 0;
        do
        {
            await UseAsync(client).WaitAsync(Limit);
            served++;
        }
        while (!fuzzing.IsCompleted);

        await fuzzing;
        Assert.True(served > 1);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, KeptBytesMax);

        // Who comes now is let in, too.
        var other = BrokerClient.Start(_application, _broker.ClientSettings, "after");
        await other.ConnectedAsync().WaitAsync(Limit);
        await UseAsync(other).WaitAsync(Limit);
        await other.DisposeAsync();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_far_ahead_with_a_system_message_is_left()
    {
        var gate = IPEndPoint.Parse(_broker!.ClientSettings.Contacts.Single());
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gate);
        await socket.SendAsync((byte[])[.. Frame(Associate(1, "tcp", 1, 7)), .. Frame(Message(gate, "system/receptionist", [], 22, Watching, 1_000_000_000))]);
        using var limit = new CancellationTokenSource(Limit);
        await Assert.ThrowsAsync<EndOfStreamException>(async () =>
        {
            await using var stream = new NetworkStream(socket);
            while (true)
                await stream.ReadExactlyAsync(new byte[1], limit.Token);
        });
    }

    private static async Task UseAsync(BrokerClient client)
    {
        Assert.True((await client.PublishAsync(OutgoingMessage.ToQueue("orders", "served"u8.ToArray(), MessageProperties.Durable))).IsConfirmed);
        Assert.Equal("served"u8.ToArray(), (await client.GetAsync("orders", noAck: true))!.Body.ToArray());
    }

    private static async Task FuzzAsync(IPEndPoint gate, Random random)
    {
        var bytes = new FuzzedBytes(random);
        for (var i = 0; i < Inputs / Workers; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
            await socket.ConnectAsync(gate);
            byte[] good = [.. Frame(Associate(random)), .. Enumerable.Range(0, random.Next(1, 5)).SelectMany(_ => Frame(Message(gate, random)))];
            await SendAsync(socket, random.Next(5) switch
            {
                0 => bytes.Noise(random.Next(1, 2_000)),
                1 => Frame(bytes.Noise(random.Next(1, 2_000))),
                2 => [.. Frame(Associate(random)), .. Frame(bytes.Damage(Message(gate, random))), .. Frame(bytes.Damage(Message(gate, random)))],
                3 => bytes.Damage(good),
                _ => good,
            });
        }
    }

    // It is answered or not, and left either way.
    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        using var moment = new CancellationTokenSource(LastWords);
        try
        {
            await socket.SendAsync(bytes, CancellationToken.None);
            while (await socket.ReceiveAsync(new byte[4096], moment.Token) > 0)
            {
                // Whatever it says.
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            // Refused, or given up.
        }
    }

    // Of Akka.Remote: the length of what follows in four bytes, the lowest first.
    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[sizeof(int) + message.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, message.Length);
        message.CopyTo(frame, sizeof(int));
        return frame;
    }

    private static byte[] Associate(Random random) =>
        Associate(random.Next(8) == 0 ? random.Next(7) : 1, random.Next(8) == 0 ? "akka.tcp" : "tcp", random.Next(1, 70_000), random.NextInt64());

    // AkkaProtocolMessage { instruction = 2: AkkaControlMessage { commandType = 1; handshakeInfo = 2: { origin = 1; uid = 2 } } }.
    private static byte[] Associate(int command, string protocol, int port, long uid)
    {
        var origin = new[] { Text(1, "application"), Text(2, "127.0.0.1"), Number(3, port), Text(4, protocol) };
        return Part(2, Number(1, command), Part(2, Part(1, origin), Fixed(2, uid)));
    }

    private static byte[] Message(IPEndPoint gate, Random random)
    {
        string[] recipients = ["system/receptionist", "user/clients", "user/clients/$a", "system/remote-watcher", "", "system/cluster/core/daemon", "user", "temp/a"];
        string[] manifests = ["", "A", Watching, "SM", "System.Object", "Akka.Actor.PoisonPill, Akka", "a", "\u0000"];
        int[] serializers = [1, 2, 3, 4, 5, 6, 15, 17, 20, 22, 7101, 7102, -1];
        var content = new byte[random.Next(0, 200)];
        random.NextBytes(content);
        return Message(
            gate, recipients[random.Next(recipients.Length)], content, serializers[random.Next(serializers.Length)], manifests[random.Next(manifests.Length)],
            random.Next(4) switch { 0 => -1, 1 => random.NextInt64(), _ => random.NextInt64(3) });
    }

    // AkkaProtocolMessage { payload = 1: AckAndEnvelopeContainer { envelope = 2: { recipient = 1; message = 2; sender = 4; seq = 5 } } }.
    private static byte[] Message(IPEndPoint gate, string recipient, byte[] content, int serializer, string manifest, long sequence)
    {
        var message = new[] { Bytes(1, content), Number(2, serializer), Text(3, manifest) };
        return Part(1, Part(
            2, Part(1, Text(1, $"akka.tcp://actorbroker@{gate}/{recipient}")), Part(2, message), Part(4, Text(1, "akka.tcp://application@127.0.0.1:1/user/a")), Fixed(5, sequence)));
    }

    private static byte[] Part(int field, params byte[][] inner) => Bytes(field, [.. inner.SelectMany(static bytes => bytes)]);

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] content) => [.. Variable((field << 3) | 2), .. Variable(content.Length), .. content];

    private static byte[] Number(int field, long number) => [.. Variable(field << 3), .. Variable(number)];

    private static byte[] Fixed(int field, long number) => [.. Variable((field << 3) | 1), .. BitConverter.GetBytes(number)];

    private static byte[] Variable(long number)
    {
        List<byte> bytes = [];
        var left = (ulong)number;
        for (; left > 0x7F; left >>= 7)
        {
            bytes.Add((byte)(left | 0x80));
        }

        return [.. bytes, (byte)left];
    }
}

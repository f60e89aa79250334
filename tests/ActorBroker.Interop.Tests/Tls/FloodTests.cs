using System.Net.Sockets;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Tls;

/// <summary>Connections that lead nowhere, at both listeners, while clients come that mean well.</summary>
public sealed class FloodTests
{
    private const int UnknownMax = 40;
    private const int FloodSize = 400;

    // The beginning of a ClientHello, and of a method frame.
    private static readonly byte[][] Beginnings = [[], [0x16, 3, 1, 2, 0, 1], [.. "AMQP\0\0\u0009\u0001"u8, 1, 0, 0, 0, 0, 0x0F, 0xFF]];

    [Fact]
    public async Task Clients_that_mean_well_are_served_during_a_flood_of_half_open_ones()
    {
        await using var broker = await TlsBroker.StartAsync(
            $"actorbroker.clients.max-unauthenticated={UnknownMax}", "actorbroker.amqp091.handshake-timeout=60s", "actorbroker.tls.handshake-timeout=60s");
        var plain = new ConnectionFactory { HostName = broker.Process.Endpoint.Host, Port = broker.Process.Endpoint.Port };
        var flood = new List<Socket>();
        try
        {
            for (var i = 0; i < FloodSize; i++)
            {
                flood.Add(await OpenAsync(i % 2 == 0 ? broker.Secure : broker.Process.Endpoint, Beginnings[i % Beginnings.Length]));
                if (i % 50 == 49)
                {
                    await UseAsync(broker.Factory());
                    await UseAsync(plain);
                }
            }

            // The first ones have long made room for the later ones, none of which has had its time.
            using var limit = new CancellationTokenSource(BrokerFixture.Limit);
            await Task.WhenAll(flood.Take(FloodSize / 2).Select(socket => ReadToEndAsync(socket, limit.Token)));
        }
        finally
        {
            flood.ForEach(static socket => socket.Dispose());
        }
    }

    private static async Task<Socket> OpenAsync(BrokerEndpoint endpoint, byte[] beginning)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint.Host, endpoint.Port);
        if (beginning.Length > 0)
        {
            await socket.SendAsync(beginning);
        }

        return socket;
    }

    private static async Task ReadToEndAsync(Socket socket, CancellationToken limit)
    {
        var bytes = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(bytes, limit) > 0)
            {
                // connection.start, where the client had begun well.
            }
        }
        catch (SocketException)
        {
            // Reset: the end of it too.
        }
    }

    private static async Task UseAsync(ConnectionFactory factory)
    {
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.BasicPublishAsync("", queue, "served"u8.ToArray());
        Assert.NotNull(await channel.BasicGetAsync(queue, autoAck: true));
        await connection.CloseAsync();
    }
}

using System.Globalization;
using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Durability;

/// <summary>More queues than are in use: after a kill, and when they leave memory all the time.</summary>
[Collection(KilledBroker.Name)]
public sealed class ManyQueuesTests
{
    [OwnBrokerFact]
    public async Task Five_hundred_queues_are_there_after_a_kill_whichever_is_asked_for_first()
    {
        const int Queues = 500;
        await using var broker = await BrokerProcess.StartAsync();
        await UseAsync(broker, async channel =>
        {
            await Task.WhenAll(Enumerable.Range(0, Queues).Select(queue =>
                channel.QueueDeclareAsync(NameOf(queue), durable: true, exclusive: false, autoDelete: false)));
            await Task.WhenAll(Enumerable.Range(0, Queues * 3).Select(number => SendAsync(channel, number % Queues, number)));
        });
        await broker.KillAsync();
        await broker.StartAgainAsync();

        await UseAsync(broker, async channel =>
        {
            // From the back: the broker itself wakes them in some other order at the same time.
            for (var queue = Queues - 1; queue >= 0; queue--)
            {
                Assert.Equal([queue, queue + Queues, queue + (2 * Queues)], await DrainAsync(channel, queue));
            }
        });
    }

    [OwnBrokerFact]
    public async Task Nothing_is_lost_or_refused_when_queues_leave_memory_while_connections_come_and_go()
    {
        const int Queues = 5;
        const int Publishers = 4;
        const int Rounds = 25;
        await using var broker = await BrokerProcess.StartAsync("actorbroker.queue.passivate-after=5ms");
        await UseAsync(broker, async channel =>
        {
            for (var queue = 0; queue < Queues; queue++)
            {
                await channel.QueueDeclareAsync(NameOf(queue), durable: true, exclusive: false, autoDelete: false);
            }
        });

        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(async publisher =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var queue = (publisher + round) % Queues;
                await UseAsync(broker, async channel =>
                {
                    await SendAsync(channel, queue, (round * Publishers) + publisher);
                    await channel.QueueDeclarePassiveAsync(NameOf((queue + 1) % Queues));
                });
            }
        }));

        var received = new List<int>();
        for (var queue = 0; queue < Queues; queue++)
        {
            var numbers = new List<int>();
            await UseAsync(broker, async channel => numbers.AddRange(await DrainAsync(channel, queue)));
            foreach (var ofPublisher in numbers.GroupBy(static number => number % Publishers))
            {
                Assert.Equal(ofPublisher.Order(), ofPublisher);
            }

            received.AddRange(numbers);
        }

        Assert.Equal(Enumerable.Range(0, Publishers * Rounds), received.Order());
    }

    private static string NameOf(int queue) => $"many-{queue.ToString(CultureInfo.InvariantCulture)}";

    private static Task SendAsync(IChannel channel, int queue, int number) => channel.BasicPublishAsync(
        "",
        NameOf(queue),
        true,
        new BasicProperties { Persistent = true },
        Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))).AsTask();

    private static async Task<List<int>> DrainAsync(IChannel channel, int queue)
    {
        var numbers = new List<int>();
        while (await channel.BasicGetAsync(NameOf(queue), autoAck: true) is { } message)
        {
            numbers.Add(int.Parse(message.Body.Span, CultureInfo.InvariantCulture));
        }

        return numbers;
    }

    private static async Task UseAsync(BrokerProcess broker, Func<IChannel, Task> use)
    {
        var factory = new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await use(channel);
    }
}

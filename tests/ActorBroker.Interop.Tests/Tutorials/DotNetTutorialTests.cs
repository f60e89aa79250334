using System.Collections.Concurrent;
using System.Text;
using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ActorBroker.Interop.Tests.Tutorials;

/// <summary>The tutorials with RabbitMQ.Client.</summary>
public sealed class DotNetTutorialTests(BrokerFixture broker) : ClientTest(broker)
{
    [Fact]
    public async Task Hello_world()
    {
        var queue = Unique("hello");
        await Channel.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true);
        await Channel.BasicPublishAsync("", queue, "Hello World!"u8.ToArray());

        var receiver = await (await ConnectAsync()).CreateChannelAsync();
        await receiver.QueueDeclareAsync(queue, durable: false, exclusive: false, autoDelete: true);
        var consumer = await DeliveryCollector.StartAsync(receiver, queue, autoAck: true);
        Assert.Equal("Hello World!", (await consumer.NextAsync()).Text);
    }

    [Fact]
    public async Task Work_queues()
    {
        var queue = Unique("task_queue");
        await Channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        for (var i = 0; i < 10; i++)
        {
            await Channel.BasicPublishAsync("", queue, false, new BasicProperties { Persistent = true }, Encoding.UTF8.GetBytes($"task-{i}"));
        }

        var doomed = await ConnectAsync();
        var dying = await StartWorkerAsync(doomed, queue);
        Assert.Equal("task-0", (await dying.NextAsync()).Text);
        await doomed.CloseAsync();

        var done = new ConcurrentQueue<Delivery>();
        var connection = await ConnectAsync();
        var workers = new[] { await StartWorkerAsync(connection, queue), await StartWorkerAsync(connection, queue) };
        var left = 10;
        var finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = new CancellationTokenSource();
        var working = workers.Select(async worker =>
        {
            while (await worker.NextOrNullAsync(end.Token) is { } task)
            {
                done.Enqueue(task);
                await worker.Channel.BasicAckAsync(task.Tag, multiple: false);
                if (Interlocked.Decrement(ref left) == 0)
                {
                    finished.TrySetResult();
                }
            }
        }).ToArray();
        await finished.Task.WaitAsync(Limit);
        await end.CancelAsync();
        await Task.WhenAll(working);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"task-{i}"), done.Select(task => task.Text).Order(StringComparer.Ordinal));
        Assert.Equal(["task-0"], done.Where(task => task.Redelivered).Select(task => task.Text));
        await Channel.QueueDeleteAsync(queue);
    }

    [Fact]
    public async Task Publish_subscribe()
    {
        var exchange = await DeclareExchangeAsync("fanout");
        var subscribers = new[] { await SubscribeAsync(exchange, ""), await SubscribeAsync(exchange, "") };
        await Channel.BasicPublishAsync(exchange, "", "log-0"u8.ToArray());
        await Channel.BasicPublishAsync(exchange, "", "log-1"u8.ToArray());
        foreach (var subscriber in subscribers)
        {
            Assert.Equal(["log-0", "log-1"], (await subscriber.NextAsync(2)).Select(log => log.Text));
        }
    }

    [Fact]
    public async Task Routing()
    {
        var exchange = await DeclareExchangeAsync("direct");
        var disk = await SubscribeAsync(exchange, "error");
        var screen = await SubscribeAsync(exchange, "info", "warning", "error");
        foreach (var severity in new[] { "info", "debug", "warning", "error" })
        {
            await Channel.BasicPublishAsync(exchange, severity, Encoding.UTF8.GetBytes(severity));
        }

        Assert.Equal("error", (await disk.NextAsync()).RoutingKey);
        Assert.Equal(["info", "warning", "error"], (await screen.NextAsync(3)).Select(log => log.RoutingKey));
    }

    [Fact]
    public async Task Topics()
    {
        var exchange = await DeclareExchangeAsync("topic");
        var all = await SubscribeAsync(exchange, "#");
        var kernel = await SubscribeAsync(exchange, "kern.*");
        var critical = await SubscribeAsync(exchange, "*.critical");
        string[] keys = ["kern.critical", "kern.info", "cron.critical", "cron.info.daily"];
        foreach (var key in keys)
        {
            await Channel.BasicPublishAsync(exchange, key, Encoding.UTF8.GetBytes(key));
        }

        Assert.Equal(keys, (await all.NextAsync(4)).Select(log => log.Text));
        Assert.Equal(["kern.critical", "kern.info"], (await kernel.NextAsync(2)).Select(log => log.Text));
        Assert.Equal(["kern.critical", "cron.critical"], (await critical.NextAsync(2)).Select(log => log.Text));
    }

    [Fact]
    public async Task Remote_procedure_call()
    {
        var requests = await DeclareQueueAsync();
        var replies = (await Channel.QueueDeclareAsync()).QueueName;
        var serving = await Connection.CreateChannelAsync();
        var server = await DeliveryCollector.StartAsync(serving, requests);
        var client = await DeliveryCollector.StartAsync(Channel, replies, autoAck: true);
        int[] numbers = [0, 1, 10, 20];
        var calls = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var number in numbers)
        {
            var call = Unique("call");
            calls.Add(call, number);
            var properties = new BasicProperties { CorrelationId = call, ReplyTo = replies };
            await Channel.BasicPublishAsync("", requests, false, properties, BitConverter.GetBytes(number));
        }

        foreach (var request in await server.NextAsync(numbers.Length))
        {
            var properties = new BasicProperties { CorrelationId = request.Properties.CorrelationId };
            await serving.BasicPublishAsync(
                "", request.Properties.ReplyTo!, false, properties, BitConverter.GetBytes(Fibonacci(BitConverter.ToInt32(request.Body))));
            await serving.BasicAckAsync(request.Tag, multiple: false);
        }

        var answers = (await client.NextAsync(numbers.Length))
            .ToDictionary(reply => calls[reply.Properties.CorrelationId!], reply => BitConverter.ToInt32(reply.Body));
        Assert.Equal(new Dictionary<int, int> { [0] = 0, [1] = 1, [10] = 55, [20] = 6765 }, answers);
    }

    [Fact]
    public async Task Publisher_confirms()
    {
        var queue = await DeclareQueueAsync();
        for (var i = 0; i < 100; i++)
        {
            await Channel.BasicPublishAsync("", queue, "one by one"u8.ToArray());
        }

        for (var batch = 0; batch < 10; batch++)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ =>
                Channel.BasicPublishAsync("", queue, "in batches"u8.ToArray()).AsTask()));
        }

        await using var publisher = await ConfirmedPublisher.OpenAsync(Connection);
        for (var i = 0; i < 1000; i++)
        {
            await publisher.PublishAsync("", queue, "as they come"u8.ToArray(), persistent: false);
        }

        await publisher.AllConfirmedAsync();
        Assert.Equal(2100u, await Channel.MessageCountAsync(queue));
        await Assert.ThrowsAsync<PublishReturnException>(
            async () => await Channel.BasicPublishAsync("amq.direct", Unique("nobody"), mandatory: true, "unroutable"u8.ToArray()));
    }

    private static async Task<DeliveryCollector> StartWorkerAsync(IConnection connection, string queue)
    {
        var channel = await connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, prefetchCount: 1, global: false);
        return await DeliveryCollector.StartAsync(channel, queue);
    }

    private async Task<DeliveryCollector> SubscribeAsync(string exchange, params string[] keys)
    {
        var channel = await Connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        foreach (var key in keys)
        {
            await channel.QueueBindAsync(queue, exchange, key);
        }

        return await DeliveryCollector.StartAsync(channel, queue, autoAck: true);
    }

    private static int Fibonacci(int n)
    {
        var (a, b) = (0, 1);
        for (var i = 0; i < n; i++)
        {
            (a, b) = (b, a + b);
        }

        return a;
    }
}

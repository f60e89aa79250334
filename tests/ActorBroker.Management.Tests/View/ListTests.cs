using ActorBroker.Contracts.Management;
using ActorBroker.Core.Names;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Management.Tests.View;

public sealed class ListTests : ManagementViewSpec
{
    [Fact]
    public async Task A_queue_is_listed_with_its_definition_and_lengths()
    {
        await Channel.QueueDeclareAsync(
            "listed", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-max-length"] = 7 });
        await PublishAsync("", "listed");
        var listed = await UntilAsync(
            () => View.ListQueuesAsync("/", default), queues => queues.SingleOrDefault(queue => queue.Name == "listed")?.Ready == 1);
        var queue = Assert.Single(listed);
        Assert.Equal(("/", "listed", View.Node, QueueCondition.Running), (queue.VirtualHost, queue.Name, queue.Node, queue.Condition));
        Assert.True(queue.Definition.Durable);
        Assert.True(queue.Definition.Arguments.ContainsKey("x-max-length"));
        Assert.Equal(1, ValueOf(queue.Lengths, "messages"));
        Assert.Equal(1, ValueOf(queue.Lengths, "messages_ready"));
        Assert.Equal(100, (await UntilAsync(() => View.QueueAsync("/", "listed", null, default), one => one!.Sizes.ReadyBytes > 0))!.Sizes.ReadyBytes);
    }

    [Fact]
    public async Task A_queue_that_is_deleted_is_listed_no_more()
    {
        await DeclareAsync("short-lived");
        await UntilAsync(() => View.QueueAsync("/", "short-lived", null, default), queue => queue is not null);
        await Channel.QueueDeleteAsync("short-lived");
        Assert.Null(await View.QueueAsync("/", "short-lived", null, default));
        Assert.Empty(await View.ListQueuesAsync(null, default));
    }

    [Fact]
    public async Task Queues_that_a_restart_has_put_to_sleep_are_listed_with_what_is_in_them()
    {
        await DeclareAsync("lasting");
        await PublishAsync("", "lasting");
        await RestartAsync();
        var queues = await UntilAsync(() => View.ListQueuesAsync(null, default), queues => queues.Count == 1 && queues[0].Ready == 1);
        Assert.Equal("lasting", queues[0].Name);
        Assert.True(queues[0].Definition.Durable);
    }

    [Fact]
    public async Task Exchanges_are_listed_with_those_that_are_there_by_construction()
    {
        await Channel.ExchangeDeclareAsync("mine", ExchangeType.Topic, durable: true);
        var exchanges = await View.ListExchangesAsync("/", default);
        Assert.Equal(
            ["", "amq.direct", "amq.fanout", "amq.headers", "amq.match", "amq.rabbitmq.event", "amq.rabbitmq.trace", "amq.topic", "mine"],
            exchanges.Select(exchange => exchange.Name).Order(StringComparer.Ordinal));
        Assert.Equal("topic", exchanges.Single(exchange => exchange.Name == "mine").Definition.Type);
        Assert.Equal("topic", (await View.ExchangeAsync("/", "mine", null, default))!.Definition.Type);
        Assert.NotNull(await View.ExchangeAsync("/", "amq.direct", null, default));
        Assert.Null(await View.ExchangeAsync("/", "not-there", null, default));
        Assert.Null(await View.ExchangeAsync("not-there", "amq.direct", null, default));
    }

    [Fact]
    public async Task Bindings_are_listed_with_those_to_the_default_exchange()
    {
        await DeclareAsync("bound");
        await Channel.ExchangeDeclareAsync("second", ExchangeType.Fanout);
        await Channel.QueueBindAsync("bound", "amq.topic", "a.*");
        await Channel.ExchangeBindAsync("second", "amq.topic", "b.#");
        var bindings = await View.ListBindingsAsync("/", default);
        Assert.Equal(
            [("", "bound", "bound"), ("amq.topic", "bound", "a.*"), ("amq.topic", "second", "b.#")],
            bindings.Select(binding => (binding.Source, binding.Destination.Name, binding.RoutingKey)).Order());
        Assert.Equal(2, (await View.BindingsOfExchangeAsync("/", "amq.topic", default))!.Count);
        Assert.Equal(Destination.Queue("bound"), Assert.Single((await View.BindingsOfExchangeAsync("/", "", default))!).Destination);
        Assert.Null(await View.BindingsOfExchangeAsync("/", "not-there", default));
    }

    [Fact]
    public async Task A_connection_is_listed_with_its_channels_and_consumers()
    {
        await DeclareAsync("consumed");
        await Channel.BasicQosAsync(0, 11, global: false);
        await Channel.BasicConsumeAsync("consumed", autoAck: false, "the-tag", new AsyncEventingBasicConsumer(Channel));
        var connection = Assert.Single(await View.ListConnectionsAsync("/", default));
        Assert.Equal(("guest", "/", 1), (connection.User, connection.VirtualHost, connection.Channels));
        Assert.True(connection.Client.Properties.ContainsKey("connection_name"));
        Assert.True(ValueOf(connection.Traffic, "recv_oct") > 100);
        Assert.True(ValueOf(connection.Traffic, "send_oct") > 100);
        Assert.NotNull(await View.ConnectionAsync(connection.Name, null, default));
        var channel = Assert.Single(await View.ListChannelsAsync(null, default));
        Assert.Equal((connection.Name, 1, 11, 1, true), (channel.Connection, channel.Number, channel.PrefetchCount, channel.Consumers, channel.IsConfirming));
        Assert.NotNull(await View.ChannelAsync(channel.Name, null, default));
        var consumer = Assert.Single(await View.ListConsumersAsync("/", default));
        Assert.Equal(("consumed", "the-tag", 11), (consumer.Queue, consumer.Settings.Tag, consumer.Settings.PrefetchCount));
        Assert.Empty(await View.ListConnectionsAsync("other", default));
    }

    [Fact]
    public async Task What_ends_is_listed_no_more()
    {
        await DeclareAsync("left");
        var tag = await Channel.BasicConsumeAsync("left", autoAck: true, new AsyncEventingBasicConsumer(Channel));
        await Channel.BasicCancelAsync(tag);
        Assert.Empty(await View.ListConsumersAsync(null, default));
        await Channel.CloseAsync();
        Assert.Empty(await View.ListChannelsAsync(null, default));
        await Connection.CloseAsync();
        await UntilAsync(() => View.ListConnectionsAsync(null, default), connections => connections.Count == 0);
    }

    [Fact]
    public async Task A_connection_is_closed_by_its_name()
    {
        var closed = new TaskCompletionSource<ShutdownEventArgs>();
        Connection.ConnectionShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason);
            return Task.CompletedTask;
        };
        var name = (await View.ListConnectionsAsync(null, default)).Single().Name;
        Assert.False(await View.CloseConnectionAsync("not-there", "nobody", default));
        Assert.True(await View.CloseConnectionAsync(name, "Closed via management plugin", default));
        var reason = await closed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((320, "CONNECTION_FORCED - Closed via management plugin"), (reason.ReplyCode, reason.ReplyText));
    }

    [Fact]
    public async Task The_overview_counts_what_there_is()
    {
        await DeclareAsync("one");
        await DeclareAsync("two");
        await PublishAsync("", "one");
        var overview = await UntilAsync(
            () => View.OverviewAsync(null, null, default), overview => ValueOf(overview.Lengths, "messages") == 1);
        Assert.Equal((2, 8, 1, 1, 0), (overview.Queues, overview.Exchanges, overview.Connections, overview.Channels, overview.Consumers));
        Assert.Equal(2, ValueOf(overview.Churn, "queue_created"));
        Assert.Equal(1, ValueOf(overview.MessageStats, "publish"));
        Assert.Contains(overview.Listeners, listener => listener.Protocol == "amqp");
        Assert.Equal(0, (await View.OverviewAsync(["other"], null, default)).Queues);
        Assert.Equal("/", Assert.Single(await View.ListVirtualHostsAsync(default)).Name);
    }

    [Fact]
    public async Task The_node_tells_of_its_process()
    {
        var node = Assert.Single(await View.ListNodesAsync(default));
        Assert.True(node.IsRunning);
        Assert.Equal(Environment.ProcessId, node.ProcessId);
        Assert.True(node is { MemoryUsed: > 0, MemoryLimit: > 0, DiskFree: > 0, Connections: 1 });
    }
}

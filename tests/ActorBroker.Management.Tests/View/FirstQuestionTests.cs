using ActorBroker.Contracts.Management;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Management.Tests.View;

/// <summary>Nothing is kept before somebody asks; then all that is there already is told, and counted from there on.</summary>
public sealed class FirstQuestionTests : ManagementViewSpec
{
    protected override Task BeginAsync() => Task.CompletedTask;

    [Fact]
    public async Task What_was_there_before_the_first_question_is_told_and_counted_from_there_on()
    {
        await DeclareAsync("early");
        await PublishAsync("", "early");
        var consumer = new AsyncEventingBasicConsumer(Channel);
        await Channel.BasicQosAsync(0, 1, global: false);
        var tag = await Channel.BasicConsumeAsync("early", autoAck: false, consumer);
        await PublishAsync("", "early");
        Assert.Empty(await View.ListConnectionsAsync(null, CancellationToken.None));

        await View.BeginAsync();

        var connection = Assert.Single(await View.ListConnectionsAsync(null, CancellationToken.None));
        Assert.Equal(1, connection.Channels);
        Assert.True(connection.Client.Properties.ContainsKey("connection_name"));
        var told = Assert.Single(await View.ListConsumersAsync(null, CancellationToken.None));
        Assert.Equal((tag, "early"), (told.Settings.Tag, told.Queue));
        var queue = Assert.Single(await View.ListQueuesAsync("/", CancellationToken.None));
        Assert.Equal((1, 2), (queue.Consumers, queue.Ready + queue.Unacknowledged));
        await PublishAsync("", "early");
        await UntilAsync(
            () => View.QueueAsync("/", "early", null, CancellationToken.None),
            static found => ValueOf(found!.MessageStats, "publish") == 1 && found.Ready + found.Unacknowledged == 3);
        var exchange = await UntilAsync(
            () => View.ExchangeAsync("/", "", null, CancellationToken.None),
            static found => found!.MessageStats.Count > 0);
        Assert.Equal(1, ValueOf(exchange!.MessageStats, "publish_in"));
    }

    [Fact]
    public async Task What_comes_after_the_first_question_is_told()
    {
        await View.BeginAsync();
        await using var later = await Connection.CreateChannelAsync();
        await later.QueueDeclareAsync("later", durable: false, exclusive: true, autoDelete: false);

        Assert.Equal(2, Assert.Single(await View.ListConnectionsAsync(null, CancellationToken.None)).Channels);
        Assert.NotNull((await View.QueueAsync("/", "later", null, CancellationToken.None))!.Owner);
    }
}

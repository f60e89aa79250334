using System.Globalization;
using System.Text;
using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;

namespace ActorBroker.Interop.Tests.Client;

/// <summary>What clients meet when the broker's disk runs full, and when there is room again.</summary>
public sealed class DiskAlarmTests
{
    private const long Margin = 300_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [OwnBrokerFact]
    public async Task A_publisher_is_blocked_while_the_disk_is_short_and_its_message_arrives_afterwards()
    {
        var free = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
        await using var broker = await BrokerProcess.StartAsync(
            $"actorbroker.alarms.disk-free-limit={(free - Margin).ToString(CultureInfo.InvariantCulture)}",
            "actorbroker.alarms.check-interval=100ms");
        await using var publisher = await ConnectAsync(broker);
        await using var consumer = await ConnectAsync(broker);
        var blocked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var unblocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        publisher.ConnectionBlockedAsync += (_, e) =>
        {
            blocked.TrySetResult(e.Reason);
            return Task.CompletedTask;
        };
        publisher.ConnectionUnblockedAsync += (_, _) =>
        {
            unblocked.TrySetResult();
            return Task.CompletedTask;
        };
        await using var publishing = await publisher.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await using var consuming = await consumer.CreateChannelAsync();
        var queue = (await consuming.QueueDeclareAsync()).QueueName;
        await PublishAsync(publishing, queue, "before").WaitAsync(Limit);

        Task during;
        using (File.OpenHandle(
            Path.GetTempFileName(), FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose, preallocationSize: 2 * Margin))
        {
            Assert.Equal("low on disk", await blocked.Task.WaitAsync(Limit));
            during = PublishAsync(publishing, queue, "during");

            // Who only consumes goes on.
            Assert.Equal("before", TextOf(await consuming.BasicGetAsync(queue, autoAck: true)));
            Assert.Null(await consuming.BasicGetAsync(queue, autoAck: true));
            Assert.False(during.IsCompleted);
        }

        await unblocked.Task.WaitAsync(Limit);
        await during.WaitAsync(Limit);
        Assert.Equal("during", TextOf(await consuming.BasicGetAsync(queue, autoAck: true)));
    }

    private static Task<IConnection> ConnectAsync(BrokerProcess broker) =>
        new ConnectionFactory { HostName = broker.Endpoint.Host, Port = broker.Endpoint.Port }.CreateConnectionAsync();

    private static Task PublishAsync(IChannel channel, string queue, string body) =>
        channel.BasicPublishAsync(string.Empty, queue, mandatory: true, Encoding.UTF8.GetBytes(body)).AsTask();

    private static string? TextOf(BasicGetResult? message) => message is null ? null : Encoding.UTF8.GetString(message.Body.Span);
}

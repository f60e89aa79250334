using ActorBroker.Interop.Tests.Hosting;
using RabbitMQ.Client;
using Xunit;
using Xunit.Abstractions;

namespace ActorBroker.Interop.Tests.Durability.Kills;

/// <summary>
/// Clients move messages from one queue to three others, each by a transaction, while the broker is killed again and
/// again: a message is at its source or in all three, never in some, and what was committed is in all three. Half as many
/// rounds as of <see cref="KillTests"/>.
/// </summary>
[Collection(KilledBroker.Name)]
public sealed class TransactionKillTests(ITestOutputHelper output)
{
    private const int Clients = 3;
    private const int MessagesOfRound = 3_000;
    private const string Source = "source";

    private static readonly (string Name, string Type)[] Targets = [("one", "classic"), ("two", "quorum"), ("three", "classic")];

    private readonly HashSet<int> _committed = [];
    private int _published;

    [OwnBrokerFact]
    public async Task A_transaction_is_in_all_its_queues_or_in_none_whenever_the_broker_is_killed()
    {
        await using var broker = await BrokerProcess.StartAsync();
        var factory = KillTests.Factory(broker);
        await UseAsync(factory, DeclareAsync);
        var rounds = KillTests.Rounds / 2;
        for (var round = 1; round <= rounds; round++)
        {
            await UseAsync(factory, FillAsync);
            var running = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => MoveUntilBrokenAsync(factory))).ToArray();
            await Task.WhenAny([.. running, Task.Delay(Random.Shared.Next(300, 1_500))]);
            await broker.KillAsync();
            await Task.WhenAll(running);
            await broker.StartAgainAsync();
            await UseAsync(factory, channel => CompareAsync(channel, round));
        }

        await UseAsync(factory, CheckAsync);
        Assert.NotEmpty(_committed);
    }

    private static async Task DeclareAsync(IChannel channel)
    {
        foreach (var (name, type) in Targets.Prepend((Source, "classic")))
        {
            await channel.QueueDeclareAsync(
                name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = type });
        }
    }

    private async Task FillAsync(IChannel channel)
    {
        var left = await channel.MessageCountAsync(Source);
        await Task.WhenAll(Enumerable.Range(0, Math.Max(0, MessagesOfRound - (int)left)).Select(_ =>
            channel.BasicPublishAsync("", Source, true, Persistent, BitConverter.GetBytes(_published++)).AsTask()));
    }

    private async Task MoveUntilBrokenAsync(ConnectionFactory factory)
    {
        try
        {
            await using var connection = await factory.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync();
            await channel.TxSelectAsync();
            while (await channel.BasicGetAsync(Source, autoAck: false) is { } message)
            {
                foreach (var (name, _) in Targets)
                {
                    await channel.BasicPublishAsync("", name, true, Persistent, message.Body);
                }

                await channel.BasicAckAsync(message.DeliveryTag, multiple: false);
                await channel.TxCommitAsync();
                lock (_committed)
                {
                    _committed.Add(BitConverter.ToInt32(message.Body.Span));
                }
            }
        }
        catch (Exception e) when (BrokenConnection.IsCauseOf(e))
        {
            // Killed: whether the last transaction was committed shows in the queues.
        }
    }

    // At once after the start: what is committed is there for whoever looks first.
    private async Task CompareAsync(IChannel channel, int round)
    {
        var counts = new List<uint>();
        foreach (var (name, _) in Targets)
        {
            counts.Add(await channel.MessageCountAsync(name));
        }

        var left = await channel.MessageCountAsync(Source);
        output.WriteLine($"round {round}: {left} left, {string.Join(", ", counts)} moved, {_committed.Count} known to be");
        Assert.All(counts, count => Assert.Equal(counts[0], count));
        Assert.Equal((uint)_published, counts[0] + left);
        Assert.True(counts[0] >= _committed.Count, $"{_committed.Count} were committed, and {counts[0]} are there");
    }

    private async Task CheckAsync(IChannel channel)
    {
        var left = await DrainAsync(channel, Source);
        foreach (var (name, _) in Targets)
        {
            var moved = await DrainAsync(channel, name);
            Assert.Equal(moved.Count, moved.Distinct().Count());
            Assert.Empty(_committed.Except(moved));
            Assert.Equal(Enumerable.Range(0, _published), moved.Concat(left).Order());
        }
    }

    private static async Task<List<int>> DrainAsync(IChannel channel, string queue)
    {
        var drained = new List<int>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
        {
            drained.Add(BitConverter.ToInt32(message.Body.Span));
        }

        return drained;
    }

    private static BasicProperties Persistent { get; } = new() { Persistent = true };

    private static async Task UseAsync(ConnectionFactory factory, Func<IChannel, Task> use)
    {
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        await use(channel);
    }
}

using ActorBroker.Interop.Tests.Client;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>x-max-length, x-max-length-bytes and what x-overflow does about them.</summary>
public sealed class LengthLimitTests(BrokerFixture broker) : FeatureTest(broker)
{
    private static readonly string[] Five = ["0", "1", "2", "3", "4"];

    [Theory]
    [InlineData("classic", "x-max-length", 3)]
    [InlineData("classic", "x-max-length-bytes", 3)]
    [InlineData("quorum", "x-max-length", 3)]
    public async Task By_default_the_oldest_messages_make_room(string type, string argument, int limit)
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueOfTypeAsync(type, ToDeadLetters(dead, (argument, limit)));
        await PublishAsync(queue, Five);
        var gone = await deadLetters.NextAsync(2);
        Assert.Equal(["0", "1"], Texts(gone));
        Assert.Equal([new Death(queue, "maxlen", 1, "", queue)], Death.Of(gone[0].Properties));
        Assert.Equal(["2", "3", "4"], await DrainAsync(queue));
    }

    [Theory]
    [InlineData("x-max-length", 3)]
    [InlineData("x-max-length-bytes", 3)]
    public async Task With_reject_publish_a_full_queue_refuses_and_keeps_what_it_has(string argument, int limit)
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead, (argument, limit), ("x-overflow", "reject-publish")));
        Assert.Equal(["0", "1", "2"], await AcceptedAsync(queue));
        Assert.Equal(["0", "1", "2"], await DrainAsync(queue));
        Assert.True(await IsAcceptedAsync(queue, "5"));
        Assert.Equal(0, deadLetters.Waiting);
    }

    [Fact]
    public async Task With_reject_publish_dlx_what_is_refused_is_dead_lettered_too()
    {
        var (dead, deadLetters) = await DeadLetterQueueAsync();
        var queue = await QueueAsync(ToDeadLetters(dead, ("x-max-length", 3), ("x-overflow", "reject-publish-dlx")));
        Assert.Equal(["0", "1", "2"], await AcceptedAsync(queue));
        var gone = await deadLetters.NextAsync(2);
        Assert.Equal(["3", "4"], Texts(gone));
        Assert.Equal([new Death(queue, "maxlen", 1, "", queue)], Death.Of(gone[0].Properties));
        Assert.Equal(["0", "1", "2"], await DrainAsync(queue));
    }

    /// <summary>A quorum queue may take a few messages beyond its limit before it refuses; it must refuse in the end.</summary>
    [Fact]
    public async Task A_full_quorum_queue_refuses_publishes_soon()
    {
        var queue = await DurableQueueAsync("quorum", ("x-max-length", 3), ("x-overflow", "reject-publish"));
        var accepted = 0;
        while (accepted < 100 && await IsAcceptedAsync(queue, $"{accepted}"))
        {
            accepted++;
        }

        Assert.InRange(accepted, 3, 10);
        Assert.Equal(Enumerable.Range(0, accepted).Select(i => $"{i}"), await DrainAsync(queue));
    }

    [Fact]
    public async Task Messages_in_the_hands_of_consumers_do_not_count()
    {
        var queue = await QueueAsync(("x-max-length", 2));
        await PublishAsync(queue, "0", "1");
        var held = await Channel.BasicGetAsync(queue, autoAck: false);
        await PublishAsync(queue, "2");
        Assert.Equal(["1", "2"], await DrainAsync(queue));
        await Channel.BasicAckAsync(held!.DeliveryTag, multiple: false);
    }

    [Fact]
    public async Task A_queue_of_no_length_passes_messages_to_waiting_consumers_only()
    {
        var queue = await QueueAsync(("x-max-length", 0));
        await SendAsync(queue, "nobody waits");
        Assert.Equal(0u, await CountAsync(queue));
        var consumer = await DeliveryCollector.StartAsync(Channel, queue, autoAck: true);
        await SendAsync(queue, "somebody waits");
        Assert.Equal("somebody waits", (await consumer.NextAsync()).Text);
    }

    [Fact]
    public async Task One_full_queue_of_two_has_the_publish_refused_though_the_other_took_it()
    {
        var full = await QueueAsync(("x-max-length", 0), ("x-overflow", "reject-publish"));
        var open = await QueueAsync();
        var exchange = await DeclareExchangeAsync("fanout");
        await Channel.QueueBindAsync(full, exchange, "");
        await Channel.QueueBindAsync(open, exchange, "");
        await Assert.ThrowsAnyAsync<RabbitMQ.Client.Exceptions.PublishException>(async () => await SendToAsync(exchange, "", "half"));
        Assert.Equal(["half"], await DrainAsync(open));
        Assert.Empty(await DrainAsync(full));
    }

    /// <summary>Publishes five messages one by one, and returns those that were not refused.</summary>
    private async Task<string[]> AcceptedAsync(string queue)
    {
        var accepted = new List<string>();
        foreach (var body in Five)
        {
            if (await IsAcceptedAsync(queue, body))
            {
                accepted.Add(body);
            }
        }

        return [.. accepted];
    }
}

using System.Globalization;
using System.Text;
using ActorBroker.Client.Streams;
using ActorBroker.Core.Messages;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>Sources, sinks and flows over real remoting.</summary>
public sealed class StreamTests(OneBroker broker) : IClassFixture<OneBroker>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ActorMaterializer _materializer = broker.Application.Materializer();

    private static OutgoingMessage Numbered(string queue, int number) =>
        OutgoingMessage.ToQueue(queue, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), MessageProperties.Durable);

    private Task<Akka.Done> FillAsync(string queue, int count) =>
        Source.From(Enumerable.Range(0, count)).Select(number => Numbered(queue, number))
            .RunWith(BrokerSink.Sink(broker.Client), _materializer).WaitAsync(Limit);

    [Fact]
    public async Task What_a_sink_publishes_a_source_delivers_in_order_and_acknowledges()
    {
        const int Count = 20_000;
        var queue = await broker.NewQueueAsync();
        await FillAsync(queue, Count);

        var received = await BrokerSource.CommittableSource(broker.Client, new SourceSettings(queue))
            .Select(message =>
            {
                message.Ack();
                return int.Parse(message.Message.Text, CultureInfo.InvariantCulture);
            })
            .Take(Count)
            .RunWith(Sink.Seq<int>(), _materializer).WaitAsync(Limit);

        Assert.Equal(Enumerable.Range(0, Count), received);
        Assert.Null(await broker.Client.GetAsync(queue, noAck: true));
    }

    [Fact]
    public async Task A_flow_emits_outcomes_in_order_with_their_context()
    {
        var queue = await broker.NewQueueAsync();
        var outcomes = await Source.From(Enumerable.Range(0, 500))
            .Select(number => (number % 7 == 3 ? Numbered("missing", number) : Numbered(queue, number), number))
            .Via(BrokerFlow.WithConfirms<int>(broker.Client))
            .RunWith(Sink.Seq<PublishedElement<int>>(), _materializer).WaitAsync(Limit);

        Assert.Equal(Enumerable.Range(0, 500), outcomes.Select(outcome => outcome.Context));
        Assert.All(outcomes, outcome => Assert.Equal(outcome.Context % 7 != 3, outcome.Result.IsConfirmed));
    }

    [Fact]
    public async Task What_a_stream_does_not_settle_comes_again_when_it_fails()
    {
        var queue = await broker.NewQueueAsync();
        await FillAsync(queue, 3);
        var settings = new SourceSettings(queue);

        await Assert.ThrowsAsync<InvalidOperationException>(() => BrokerSource.CommittableSource(broker.Client, settings)
            .Select(message =>
            {
                if (message.Message.Text == "1")
                    throw new InvalidOperationException("it cannot be processed");
                message.Ack();
                return message;
            })
            .RunWith(Sink.Ignore<CommittableMessage>(), _materializer).WaitAsync(Limit));

        var again = await BrokerSource.AtMostOnceSource(broker.Client, settings).Take(2)
            .RunWith(Sink.Seq<ReceivedMessage>(), _materializer).WaitAsync(Limit);
        Assert.Equal(["1", "2"], again.Select(message => message.Text));
        Assert.True(again[0].Redelivered);
    }

    [Fact]
    public async Task A_sink_fails_with_the_message_that_is_not_confirmed()
    {
        var failure = await Assert.ThrowsAsync<PublishFailedException>(() => Source.Single(Numbered("missing", 1))
            .RunWith(BrokerSink.Sink(broker.Client), _materializer).WaitAsync(Limit));

        Assert.Contains("'missing'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_of_a_missing_queue_fails_and_one_that_declares_it_does_not()
    {
        var queue = $"declared-{Guid.NewGuid():N}";
        await Assert.ThrowsAsync<BrokerRefusedException>(() => BrokerSource.AtMostOnceSource(broker.Client, new SourceSettings(queue))
            .RunWith(Sink.Ignore<ReceivedMessage>(), _materializer).WaitAsync(Limit));

        var first = BrokerSource.AtMostOnceSource(broker.Client, new SourceSettings(queue) { Declarations = [Declare.Queue(queue)] })
            .RunWith(Sink.First<ReceivedMessage>(), _materializer);
        PublishResult result;
        do
        {
            result = await broker.Client.PublishAsync(Numbered(queue, 1));
        }
        while (!result.IsConfirmed);

        Assert.Equal("1", (await first.WaitAsync(Limit)).Text);
    }

    [Fact]
    public async Task A_slow_stream_holds_no_more_than_its_prefetch_count()
    {
        const int Prefetch = 10;
        var queue = await broker.NewQueueAsync();
        await FillAsync(queue, 100);
        var arrived = new TaskCompletionSource<CommittableMessage>(TaskCreationOptions.RunContinuationsAsynchronously);

        // It takes one message and never asks for another.
        var stopped = BrokerSource.CommittableSource(broker.Client, new SourceSettings(queue) { PrefetchCount = Prefetch })
            .ViaMaterialized(KillSwitches.Single<CommittableMessage>(), Keep.Right)
            .SelectAsync(1, async message =>
            {
                arrived.TrySetResult(message);
                await Task.Delay(Timeout.Infinite);
                return message;
            })
            .To(Sink.Ignore<CommittableMessage>())
            .Run(_materializer);
        await arrived.Task.WaitAsync(Limit);

        var left = await Ready(queue, 100 - Prefetch);
        Assert.Equal(100 - Prefetch, left);
        stopped.Abort(new InvalidOperationException("enough"));
        Assert.Equal(100, await Ready(queue, 100));
    }

    [Fact]
    public async Task A_slow_stream_without_acknowledgements_holds_no_more_than_its_window()
    {
        const int BodyBytes = 1_000;
        const int Window = 20_000;
        var queue = await broker.NewQueueAsync();
        await Source.Repeat(OutgoingMessage.ToQueue(queue, new byte[BodyBytes])).Take(500)
            .RunWith(BrokerSink.Sink(broker.Client), _materializer).WaitAsync(Limit);
        var demand = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var all = BrokerSource.AtMostOnceSource(broker.Client, new SourceSettings(queue) { WindowBytes = Window })
            .SelectAsync(1, async message =>
            {
                arrived.TrySetResult();
                await demand.Task;
                return message;
            })
            .Take(500)
            .RunWith(Sink.Seq<ReceivedMessage>(), _materializer);
        await arrived.Task.WaitAsync(Limit);

        // One window has been given back at most, and what is above it by less than a message.
        var left = (await broker.Client.FindQueueAsync(queue)).MessageCount;
        Assert.InRange(left, 500 - (2 * ((Window / BodyBytes) + 1)), 500);
        demand.SetResult();
        Assert.Equal(500, (await all.WaitAsync(Limit)).Count);
    }

    private async Task<long> Ready(string queue, long expected)
    {
        using var overdue = new CancellationTokenSource(Limit);
        while (true)
        {
            var found = await broker.Client.FindQueueAsync(queue);
            if (found.MessageCount == expected || overdue.IsCancellationRequested)
                return found.MessageCount;
        }
    }
}

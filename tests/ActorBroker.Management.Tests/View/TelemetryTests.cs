using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using ActorBroker.Contracts.Management;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace ActorBroker.Management.Tests.View;

public sealed class TelemetryTests : ManagementViewSpec
{
    private const string Source = "ActorBroker";

    [Fact]
    public async Task What_becomes_of_a_traced_message_is_a_part_of_its_publishers_trace()
    {
        var trace = ActivityTraceId.CreateRandom();
        var parent = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01";
        var told = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == Source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace)
                {
                    told.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await DeclareAsync("traced");
        var received = new TaskCompletionSource<string>();
        var consumer = new AsyncEventingBasicConsumer(Channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            var header = delivery.BasicProperties.Headers?["traceparent"];
            await Channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            received.TrySetResult(header is byte[] bytes ? System.Text.Encoding.UTF8.GetString(bytes) : string.Empty);
        };
        await Channel.BasicConsumeAsync("traced", autoAck: false, consumer);
        await Channel.BasicPublishAsync(
            "", "traced", mandatory: true, new BasicProperties { Headers = new Dictionary<string, object?> { ["traceparent"] = parent } }, new byte[5]);
        await Channel.BasicPublishAsync("", "traced", mandatory: true, new BasicProperties(), new byte[5]);
        Assert.Equal(parent, await received.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await UntilAsync(() => Task.FromResult(told.Count), count => count == 5);
        Assert.Equal(
            ["deliver traced", "enqueue traced", "publish ", "route ", "settle traced"], told.Select(activity => activity.DisplayName).Order(StringComparer.Ordinal));
        var publish = told.Single(activity => activity.DisplayName == "publish ");
        Assert.Equal(publish.SpanId, told.Single(activity => activity.DisplayName == "route ").ParentSpanId);
        Assert.Equal("Accepted", told.Single(activity => activity.DisplayName == "settle traced").GetTagItem("actorbroker.outcome"));
    }

    [Fact]
    public async Task The_meter_tells_what_was_counted_when_it_is_asked()
    {
        await DeclareAsync("metered");
        await PublishAsync("", "metered");
        await Channel.QueueDeclareAsync(
            "short", durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-max-length"] = 0 });
        await PublishAsync("", "short");
        await UntilAsync(() => View.QueueAsync("/", "metered", null, default), queue => queue!.Ready == 1);
        await UntilAsync(
            () => Task.FromResult(View.AskNode(new AskNode(0, NodeQuestion.Totals))), static totals => totals.QueueTypes.Any(static type => type.DeadLetters.Count > 0));
        var measured = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Source && instrument.Meter.Tags!.Any(tag => (string?)tag.Value == View.Node))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            measured[instrument.Name] = value;
            measured[$"{instrument.Name} {string.Join(' ', tags.ToArray().Select(static tag => tag.Value).Order())}"] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Equal(2, measured["actorbroker.messages.published"]);
        Assert.Equal(2, measured["actorbroker.messages.published.size.bucket 100 amqp091"]);
        Assert.Equal(2, measured["actorbroker.messages.published.size.bucket +Inf amqp091"]);
        Assert.Equal(200, measured["actorbroker.messages.published.size.sum amqp091"]);
        Assert.Equal(1, measured["actorbroker.messages.dead_lettered classic disabled maxlen"]);
        Assert.Equal(1, measured["actorbroker.messages.ready"]);
        Assert.Equal(1, measured["actorbroker.connections"]);
    }
}

using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Features;

/// <summary>Queue and consumer arguments that are refused, each with RabbitMQ's text, and those that are not.</summary>
public sealed class ArgumentTests(BrokerFixture broker) : FeatureTest(broker)
{
    private const string Integer = "\"expected integer, got longstr\"";

    public static TheoryData<string, object, string> Invalid => new()
    {
        { "x-message-ttl", -1, ": {value_negative,-1}" },
        { "x-message-ttl", "5", ": " + Integer },
        { "x-message-ttl", true, ": \"expected integer, got bool\"" },
        { "x-message-ttl", 1L << 62, ": {value_too_large,4611686018427387904}" },
        { "x-expires", 0, ": {value_zero,0}" },
        { "x-expires", -1, ": {value_negative,-1}" },
        { "x-expires", "5", ": " + Integer },
        { "x-max-length", -1, ": {value_negative,-1}" },
        { "x-max-length", "5", ": " + Integer },
        { "x-max-length-bytes", -1, ": {value_negative,-1}" },
        { "x-max-priority", -1, ": {value_negative,-1}" },
        { "x-max-priority", 256, ": {max_value_exceeded,256}" },
        { "x-max-priority", "5", ": " + Integer },
        { "x-overflow", "nope", ": invalid_overflow" },
        { "x-overflow", 1, ": {unacceptable_type,signedint}" },
        { "x-dead-letter-routing-key", 1, ": {unacceptable_type,signedint}" },
        { "x-dead-letter-routing-key", "key", ": routing_key_but_no_dlx_defined" },
        { "x-single-active-consumer", "yes", ": {unacceptable_type,longstr}" },
        { "x-queue-type", "nope", ": \"unsupported queue type 'nope'\"" },
        { "x-queue-type", 1, ": {unacceptable_type,signedint}" },
        { "x-delivery-limit", 5, " of queue type rabbit_classic_queue" },
        { "x-max-age", "1D", " of queue type rabbit_classic_queue" },
    };

    public static TheoryData<string, string, object, string> InvalidForType => new()
    {
        { "stream", "x-message-ttl", 5, " of queue type rabbit_stream_queue" },
        { "stream", "x-max-age", "5x", ": invalid_max_age" },
        { "stream", "x-dead-letter-exchange", "", " of queue type rabbit_stream_queue" },
        { "stream", "x-max-priority", 5, " of queue type rabbit_stream_queue" },
    };

    public static TheoryData<string, string, object> Accepted => new()
    {
        { "classic", "x-message-ttl", 4_294_967_296L },
        { "classic", "x-expires", 4_294_967_296L },
        { "classic", "x-max-length", 0 },
        { "classic", "x-max-priority", 0 },
        { "classic", "x-max-priority", (byte)255 },
        { "classic", "x-consumer-timeout", 60_000 },
        { "classic", "x-queue-mode", "lazy" },
        { "classic", "x-queue-version", 2 },
        { "classic", "x-queue-version", 1 },
        { "classic", "x-queue-master-locator", "min-masters" },
        { "classic", "x-ha-policy", "all" },
        { "classic", "x-unknown", "value" },
        { "quorum", "x-quorum-initial-group-size", 3 },
        { "quorum", "x-delivery-limit", 5 },
        { "quorum", "x-queue-leader-locator", "client-local" },
        { "quorum", "x-single-active-consumer", true },
        { "stream", "x-max-age", "1D" },
        { "stream", "x-stream-max-segment-size-bytes", 1_000_000 },
        { "stream", "x-initial-cluster-size", 1 },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task A_wrong_argument_of_a_classic_queue_is_refused(string argument, object value, string text)
    {
        var queue = Unique("invalid");
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - invalid arg '{argument}' for queue '{queue}' in vhost '/'{text}", channel =>
            channel.QueueDeclareAsync(queue, false, true, false, Table((argument, value))));
    }

    [Fact]
    public async Task A_dead_letter_exchange_that_is_no_string_is_refused()
    {
        var queue = Unique("invalid");
        await AssertChannelErrorAsync(
            406, $"PRECONDITION_FAILED - invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue '{queue}' in vhost '/'", channel =>
            channel.QueueDeclareAsync(queue, false, true, false, Table(("x-dead-letter-exchange", 1))));
    }

    [Fact]
    public async Task A_stream_has_no_single_active_consumer()
    {
        var queue = Unique("invalid");
        await AssertChannelErrorAsync(
            406,
            $"PRECONDITION_FAILED - invalid arg 'x-single-active-consumer' for queue '{queue}' in vhost '/' of queue type rabbit_stream_queue",
            channel => channel.QueueDeclareAsync(queue, true, false, false, Table(("x-queue-type", "stream"), ("x-single-active-consumer", true))));
    }

    [Theory]
    [MemberData(nameof(InvalidForType))]
    public async Task An_argument_that_its_type_of_queue_does_not_know_is_refused(string type, string argument, object value, string text)
    {
        var queue = Unique("invalid");
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - invalid arg '{argument}' for queue '{queue}' in vhost '/'{text}", channel =>
            channel.QueueDeclareAsync(queue, true, false, false, Table(("x-queue-type", type), (argument, value))));
    }

    [Theory]
    [InlineData("quorum", true, true, "exclusive-owner")]
    [InlineData("quorum", false, false, "non-durable")]
    [InlineData("stream", true, true, "exclusive-owner")]
    [InlineData("stream", false, false, "non-durable")]
    public async Task A_replicated_queue_is_durable_and_shared(string type, bool durable, bool exclusive, string property)
    {
        var queue = Unique("invalid");
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - invalid property '{property}' for queue '{queue}' in vhost '/'", channel =>
            channel.QueueDeclareAsync(queue, durable, exclusive, false, Table(("x-queue-type", type))));
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task An_argument_is_accepted_and_the_queue_works(string type, string argument, object value)
    {
        var queue = await DurableQueueAsync(type, (argument, value));
        Assert.True(await IsAcceptedAsync(queue, "body") || argument == "x-max-length");
        Assert.Equal(queue, (await Channel.QueueDeclarePassiveAsync(queue)).QueueName);
    }

    [Fact]
    public async Task A_queue_declared_again_must_have_equal_arguments()
    {
        var queue = await QueueAsync(("x-message-ttl", 60_000), ("x-note", "a"));
        (string, (string, object?)[])[] unequal =
        [
            ("'x-message-ttl' for queue '{0}' in vhost '/': received '6' but current is '60000'", [("x-message-ttl", 6)]),
            ("'x-message-ttl' for queue '{0}' in vhost '/': received none but current is the value '60000' of type 'signedint'", []),
            ("'x-expires' for queue '{0}' in vhost '/': received the value '5000' of type 'signedint' but current is none",
                [("x-message-ttl", 60_000), ("x-expires", 5000)]),
        ];
        foreach (var (text, arguments) in unequal)
        {
            await AssertChannelErrorAsync(
                406, $"PRECONDITION_FAILED - inequivalent arg {text.Replace("{0}", queue, StringComparison.Ordinal)}", channel =>
                channel.QueueDeclareAsync(queue, false, true, false, Table(arguments)));
        }

        // Numbers are equal whatever their width, and an argument that means nothing to the broker may change.
        await Channel.QueueDeclareAsync(queue, false, true, false, Table(("x-message-ttl", 60_000L), ("x-note", "b")));
    }

    [Fact]
    public async Task A_consumer_argument_is_checked_too()
    {
        var queue = await QueueAsync();
        await AssertChannelErrorAsync(406, $"PRECONDITION_FAILED - invalid arg 'x-priority' for queue '{queue}' in vhost '/': {Integer}", channel =>
            DeliveryCollector.StartAsync(channel, queue, arguments: Table(("x-priority", "5"))));
    }
}

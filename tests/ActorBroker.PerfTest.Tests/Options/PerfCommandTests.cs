using ActorBroker.PerfTest.Options;
using Xunit;

namespace ActorBroker.PerfTest.Tests.Options;

public sealed class PerfCommandTests
{
    [Fact]
    public void Without_options_one_producer_and_one_consumer_run_for_ten_seconds()
    {
        var options = Parse("");

        Assert.Equal(Endpoint.Default, options.Endpoint);
        Assert.Equal((1, 1), (options.Producers, options.Consumers));
        Assert.Equal(["perf-test"], options.Queues);
        Assert.Equal(TimeSpan.FromSeconds(10), options.Duration);
        Assert.Null(options.Count);
        Assert.False(options.Durable);
    }

    [Fact]
    public void Single_options_take_precedence_over_the_uri()
    {
        var options = Parse("--uri amqp://u:p%40w@broker:1234/a%2Fb --port 99 --user other");

        Assert.Equal(new Endpoint("broker", 99, "other", "p@w", "a/b"), options.Endpoint);
    }

    [Theory]
    [InlineData("amqp://broker", "broker", 5672, "guest", "guest", "/")]
    [InlineData("amqp://broker/", "broker", 5672, "guest", "guest", "/")]
    [InlineData("amqp://u@[::1]:7/%2F", "::1", 7, "u", "", "/")]
    [InlineData("amqp://u:a:b@h/v", "h", 5672, "u", "a:b", "v")]
    public void A_uri_may_leave_parts_out(string uri, string host, int port, string user, string password, string virtualHost) =>
        Assert.Equal(new Endpoint(host, port, user, password, virtualHost), Endpoint.Parse(uri));

    [Theory]
    [InlineData("broker:5672", "not a URI")]
    [InlineData("amqps://broker", "'amqps' is not supported")]
    [InlineData("amqp://broker/a/b", "%2F")]
    public void A_wrong_uri_is_refused_in_one_line(string uri, string expected)
    {
        var error = Assert.Throws<FormatException>(() => Endpoint.Parse(uri));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("--queue q --queues 1", "q")]
    [InlineData("--queue q --queues 3", "q-1,q-2,q-3")]
    [InlineData("--queue q{0}x --queues 2", "q1x,q2x")]
    [InlineData("--queue q%d", "q1")]
    public void Queues_are_named_after_a_pattern(string arguments, string expected) =>
        Assert.Equal(expected.Split(','), Parse(arguments).Queues);

    [Fact]
    public void Queues_are_durable_for_persistent_messages_unless_told_otherwise()
    {
        Assert.True(Parse("--persistent").Durable);
        Assert.False(Parse("--persistent --durable false").Durable);
        Assert.True(Parse("--durable").Durable);
    }

    [Fact]
    public void A_fill_has_no_consumers_and_keeps_the_queues()
    {
        var options = Parse("--fill-only --consumers 4 --count 7");

        Assert.Equal((1, 0), (options.Producers, options.Consumers));
        Assert.True(options.Keep);
        Assert.Equal(7, options.Count);
    }

    [Fact]
    public void A_drain_has_no_producers_and_no_duration()
    {
        var options = Parse("--drain-only --producers 4");

        Assert.Equal((0, 1), (options.Producers, options.Consumers));
        Assert.Null(options.Duration);
    }

    [Theory]
    [InlineData("--size -1", "--size must be between 0 and")]
    [InlineData("--confirm -1", "--confirm must be between")]
    [InlineData("--producers 5000", "--producers must be between")]
    [InlineData("--producers 0 --consumers 0", "a producer or a consumer")]
    [InlineData("--fill-only --drain-only", "exclude each other")]
    [InlineData("--count 5 --duration 5", "exclude each other")]
    [InlineData("--count 5 --warmup 1", "--warmup needs --duration")]
    [InlineData("--drain-only --duration 5", "--drain-only ends")]
    [InlineData("--prefetch 10 --ack-every 11", "wait for ever")]
    [InlineData("--routing-key k", "--keys and --bindings need --exchange")]
    [InlineData("--keys 2", "--keys and --bindings need --exchange")]
    [InlineData("--bindings 1", "--keys and --bindings need --exchange")]
    [InlineData("--exchange x --queues 2 --keys 3", "multiple of --queues")]
    [InlineData("--exchange x --type fanout --keys 3", "needs --type")]
    [InlineData("--duration 0", "--duration must be above 0")]
    [InlineData("--port 70000", "--port must be between")]
    public void Options_that_make_no_sense_are_refused(string arguments, string expected)
    {
        var error = Assert.Throws<FormatException>(() => Parse(arguments));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, 0, true)]
    [InlineData("", 0, 1, false)]
    [InlineData("", 2, 0, true)]
    [InlineData("--exchange x", 1, 0, false)]
    [InlineData("--exchange x --keys 4", 1, 0, true)]
    [InlineData("--exchange x --routing-key k", 1, 0, true)]
    [InlineData("--exchange x --type fanout", 1, 0, true)]
    public void It_is_known_which_queues_a_producer_reaches(string arguments, int producer, int queue, bool expected) =>
        Assert.Equal(expected, Parse("--queues 2 " + arguments).Routes(producer, queue));

    [Theory]
    [InlineData("--consumers 1", "0 1 2 3 4")]
    [InlineData("--consumers 2", "0 2 4|1 3")]
    [InlineData("--consumers 5", "0|1|2|3|4")]
    [InlineData("--consumers 7", "0|1|2|3|4|0|1")]
    public void Every_queue_has_a_consumer_where_there_are_any(string arguments, string expected)
    {
        var options = Parse("--queues 5 " + arguments);

        Assert.Equal(expected, string.Join('|', Enumerable.Range(0, options.Consumers).Select(consumer => string.Join(' ', options.QueuesOf(consumer)))));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(12, 3)]
    [InlineData(10, 10)]
    public void Messages_with_keys_in_turn_are_numbered_in_each_queue_without_gaps(int count, int queues)
    {
        var keys = new KeyRotation("", count, queues);
        var published = new long[queues];
        for (var sequence = 1; sequence <= 100; sequence++)
        {
            var queue = keys.NumberOf(sequence) % queues;

            Assert.Equal(++published[queue], keys.SequenceInQueue(sequence));
            Assert.Equal(published, Enumerable.Range(0, queues).Select(other => keys.CountIn(other, sequence)));
        }
    }

    private static PerfOptions Parse(string arguments)
    {
        var command = PerfCommand.Alone();
        var line = command.Command.Parse(arguments);
        Assert.Empty(line.Errors);
        return command.Read(line);
    }
}

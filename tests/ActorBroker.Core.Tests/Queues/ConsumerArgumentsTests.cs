using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

public sealed class ConsumerArgumentsTests
{
    private static readonly QueueKey Key = new("/", "q");

    [Theory]
    [InlineData(QueueType.Classic, "x-priority=high", "invalid arg 'x-priority' for queue 'q' in vhost '/': \"expected integer, got longstr\"")]
    [InlineData(QueueType.Quorum, "x-consumer-timeout=-1", "invalid arg 'x-consumer-timeout' for queue 'q' in vhost '/': {value_negative,-1}")]
    [InlineData(QueueType.Classic, "x-stream-offset=first", "invalid arg 'x-stream-offset' for queue 'q' in vhost '/' of queue type rabbit_classic_queue")]
    [InlineData(QueueType.Stream, "x-priority=1", "invalid arg 'x-priority' for queue 'q' in vhost '/' of queue type rabbit_stream_queue")]
    [InlineData(QueueType.Stream, "x-stream-offset=abc", "invalid arg 'x-stream-offset' for queue 'q' in vhost '/': {invalid_stream_offset_arg,{longstr,<<\"abc\">>}}")]
    [InlineData(QueueType.Stream, "x-stream-offset=true", "invalid arg 'x-stream-offset' for queue 'q' in vhost '/': {invalid_stream_offset_arg,{bool,true}}")]
    public void What_a_queue_cannot_do_is_refused_in_RabbitMQs_words(QueueType type, string argument, string text) =>
        Assert.Equal(text, ConsumerArguments.Check(Key, type, QueueDeclarationTests.Table(argument))?.Text);

    [Fact]
    public void The_history_of_a_queue_is_read_with_a_streams_arguments()
    {
        var reader = QueueDeclarationTests.Table("x-stream-offset=first", "x-stream-filter=a");
        Assert.Null(ConsumerArguments.Check(Key, QueueType.Quorum, reader, keepsHistory: true));
        Assert.NotNull(ConsumerArguments.Check(Key, QueueType.Quorum, reader));
        Assert.NotNull(ConsumerArguments.Check(Key, QueueType.Classic, QueueDeclarationTests.Table("x-stream-filter=a"), keepsHistory: true));
        Assert.Null(ConsumerArguments.Check(Key, QueueType.Classic, QueueDeclarationTests.Table("x-priority=1"), keepsHistory: true));
        Assert.Equal(
            "invalid arg 'x-priority' for queue 'q' in vhost '/': not for a consumer with 'x-stream-offset'",
            ConsumerArguments.Check(Key, QueueType.Classic, QueueDeclarationTests.Table("x-stream-offset=first", "x-priority=1"), keepsHistory: true)?.Text);
    }

    [Theory]
    [InlineData("first", StreamStart.First, 0)]
    [InlineData("last", StreamStart.Last, 0)]
    [InlineData("next", StreamStart.Next, 0)]
    [InlineData("1h", StreamStart.Interval, 3_600_000)]
    [InlineData("2Y", StreamStart.Interval, 63_072_000_000)]
    [InlineData("17", StreamStart.Offset, 17)]
    public void A_stream_is_read_from_where_the_consumer_says(string offset, StreamStart start, long value)
    {
        var arguments = QueueDeclarationTests.Table($"x-stream-offset={offset}");
        Assert.Null(ConsumerArguments.Check(Key, QueueType.Stream, arguments));
        Assert.Equal(new StreamOffset(start, value), ConsumerArguments.Of(arguments).Offset);
    }

    [Fact]
    public void A_timestamp_is_in_seconds_on_the_wire_and_in_milliseconds_here()
    {
        var arguments = ArgumentTable.Of(("x-stream-offset", ArgumentValue.FromTimestamp(1_700_000_000)));
        Assert.Null(ConsumerArguments.Check(Key, QueueType.Stream, arguments));
        Assert.Equal(new StreamOffset(StreamStart.Timestamp, 1_700_000_000_000), ConsumerArguments.Of(arguments).Offset);
    }

    [Fact]
    public void Without_arguments_everything_has_its_default()
    {
        var arguments = ConsumerArguments.Of(ArgumentTable.Empty);
        Assert.Equal((0, null, new StreamOffset(StreamStart.Next, 0), null, false),
            (arguments.Priority, arguments.Timeout, arguments.Offset, arguments.Filter, arguments.MatchUnfiltered));
    }

    [Fact]
    public void A_filter_is_one_text_or_several()
    {
        var one = ConsumerArguments.Of(QueueDeclarationTests.Table("x-stream-filter=a", "x-stream-match-unfiltered=true"));
        Assert.Equal(["a"], one.Filter!);
        Assert.True(one.MatchUnfiltered);
        var several = ArgumentValue.FromArray(ArgumentValue.FromString("a"), ArgumentValue.FromInt32(1), ArgumentValue.FromString("b"));
        Assert.Equal(["a", "b"], ConsumerArguments.Of(ArgumentTable.Of(("x-stream-filter", several))).Filter!);
    }

    [Fact]
    public void Priority_and_timeout_are_read_in_any_width()
    {
        var arguments = ConsumerArguments.Of(ArgumentTable.Of(
            ("x-priority", ArgumentValue.FromInt64(long.MaxValue)), ("x-consumer-timeout", ArgumentValue.FromInt16(500))));
        Assert.Equal((int.MaxValue, 500L), (arguments.Priority, arguments.Timeout));
    }
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Xunit;
using static ActorBroker.Core.Tests.Streams.TestStream;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>Where readers start, what they are given, and what gives them more.</summary>
public sealed class StreamReadingSpec
{
    [Fact]
    public void A_reader_is_given_only_what_is_committed()
    {
        var stream = new TestStream();
        var reader = stream.Start(1);
        stream.Decider.Publish(2, 1, StreamMessages.Batch("a", "b"));
        Assert.Empty(stream.Delivered);
        Assert.DoesNotContain(stream.Told, static told => told.Confirmed > 0);
        stream.Commit();
        Assert.Equal("0a 1b", stream.TextOf(reader));
        Assert.Equal((2, 1, 1), stream.Told[^1]);
    }

    [Fact]
    public void A_stream_says_what_it_takes_up_and_how_far_its_slowest_reader_is_behind()
    {
        var stream = new TestStream();
        stream.Write("a", "bc", "def");
        stream.Start(1, Offset("first"));
        stream.Start(2, Settings(prefetch: 1, arguments: Offset("first")));
        var sizes = stream.Decider.MeasureSizes();
        Assert.Equal((6, 3, 3, 1, 2), (sizes.ReadyBytes, sizes.ReadyInMemory, sizes.Persistent, sizes.Segments, sizes.OffsetLag));
    }

    [Theory]
    [InlineData("first", "0a 1b 2c 3d 4e")]
    [InlineData("last", "2c 3d 4e")]
    [InlineData("next", "4e")]
    [InlineData(null, "4e")]
    public void A_word_says_where_a_reader_starts(string? word, string expected)
    {
        var stream = new TestStream();
        stream.Write("a", "b");
        stream.Write("c", "d");
        var reader = word is null ? stream.Start(1) : stream.Start(1, Offset(word));
        stream.Write("e");
        Assert.Equal(expected, stream.TextOf(reader));
    }

    [Fact]
    public void A_reader_starts_at_its_offset_even_if_that_is_not_written_yet()
    {
        var stream = new TestStream();
        stream.Write("a", "b", "c");
        var inside = stream.Start(1, Offset(1));
        var ahead = stream.Start(2, Offset(4));
        stream.Write("d");
        stream.Write("e", "f");
        Assert.Equal("1b 2c 3d 4e 5f", stream.TextOf(inside));
        Assert.Equal("4e 5f", stream.TextOf(ahead));
    }

    [Fact]
    public void Where_a_reader_goes_on_is_known_unless_a_time_still_has_to_be_found()
    {
        var stream = new TestStream();
        stream.Decider.AdvanceTo(100_000);
        stream.Write("a", "b");
        Assert.Equal(2, stream.Decider.NextOffsetOf(stream.Start(1)));
        Assert.Equal(9, stream.Decider.NextOffsetOf(stream.Start(2, Offset(9))));
        var key = new ConsumerKey(1, 3);
        Assert.Null(stream.Decider.StartConsumer(
            key, Settings(arguments: ("x-stream-offset", ArgumentValue.FromTimestamp(1))), "queue 's'"));
        Assert.Null(stream.Decider.NextOffsetOf(key));
    }

    [Theory]
    [InlineData(0, "0a 1b 2c")]
    [InlineData(100, "0a 1b 2c")]
    [InlineData(101, "1b 2c")]
    [InlineData(250, "2c")]
    [InlineData(301, "")]
    public void A_reader_starts_with_the_first_event_at_or_after_its_time(long second, string expected)
    {
        foreach (var limits in new[] { Ample, Ample with { SegmentBytes = 1, ResidentBytesMax = 0 }, Ample with { ResidentBytesMax = 0 } })
        {
            var stream = new TestStream(limits);
            foreach (var (at, text) in new[] { (100, "a"), (200, "b"), (300, "c") })
            {
                stream.Decider.AdvanceTo(at * 1000);
                stream.Write(text);
            }

            foreach (var incarnation in new[] { stream, stream.Crash() })
            {
                var reader = incarnation.Start(1, ("x-stream-offset", ArgumentValue.FromTimestamp((ulong)second)));
                incarnation.AnswerLoads();
                Assert.Equal(expected, incarnation.TextOf(reader));
            }
        }
    }

    [Fact]
    public void An_interval_counts_back_from_now()
    {
        var stream = new TestStream();
        stream.Decider.AdvanceTo(1_000_000);
        stream.Write("old");
        stream.Decider.AdvanceTo(1_000_000 + 90_000);
        stream.Write("young");
        stream.Decider.AdvanceTo(1_000_000 + 120_000);
        Assert.Equal("1young", stream.TextOf(stream.Start(1, Offset("1m"))));
        Assert.Equal("0old 1young", stream.TextOf(stream.Start(2, Offset("2m"))));
    }

    [Fact]
    public void Any_settlement_gives_room_for_one_more_and_nothing_comes_twice()
    {
        var stream = new TestStream();
        stream.Write("a", "b", "c", "d", "e", "f");
        var reader = stream.Start(1, Settings(prefetch: 2, arguments: Offset("first")));
        Assert.Equal("0a 1b", stream.TextOf(reader));
        stream.Settle(reader, 1);
        stream.Settle(reader, 0, outcome: SettleOutcome.Requeued);
        stream.Settle(reader, 2, outcome: SettleOutcome.Rejected);
        Assert.Equal("0a 1b 2c 3d 4e", stream.TextOf(reader));
        stream.Settle(reader, 2);
        Assert.Equal("0a 1b 2c 3d 4e", stream.TextOf(reader));
        Assert.Equal(2, stream.Decider.UnsettledCount);
        Assert.Equal(6, stream.Decider.ReadyCount);
    }

    [Fact]
    public void What_never_reached_the_client_comes_again_before_anything_else()
    {
        var stream = new TestStream();
        stream.Write("a", "b", "c", "d");
        var reader = stream.Start(1, Settings(prefetch: 3, arguments: Offset("first")));
        stream.Decider.SetConsumerActive(reader, active: false);
        stream.Settle(reader, 1, 2, SettleOutcome.Released);
        stream.Settle(reader, 0);
        stream.Decider.SetConsumerActive(reader, active: true);
        Assert.Equal("0a 1b 2c 1b 2c 3d", stream.TextOf(reader));
    }

    [Fact]
    public void What_comes_back_to_a_reader_that_waits_at_the_end_is_delivered_again()
    {
        var stream = new TestStream();
        stream.Write("a", "b");
        var reader = stream.Start(1, Offset("first"));
        stream.Settle(reader, 0, 2, SettleOutcome.Released);
        Assert.Equal("0a 1b 0a 1b", stream.TextOf(reader));
        stream.Write("c");
        Assert.Equal("0a 1b 0a 1b 2c", stream.TextOf(reader));
    }

    [Fact]
    public void A_window_is_exceeded_by_one_message_at_most()
    {
        var stream = new TestStream();
        stream.Write("aaaa", "bbbb", "cccc");
        var reader = stream.Start(1, Settings(window: 17, arguments: Offset("first")));
        Assert.Equal("0aaaa 1bbbb", stream.TextOf(reader));
        stream.Decider.GrantCredit(reader, 16);
        Assert.Equal("0aaaa 1bbbb 2cccc", stream.TextOf(reader));
    }

    [Fact]
    public void A_stopped_or_closed_reader_is_given_nothing_more()
    {
        var stream = new TestStream();
        var stopped = stream.Start(1);
        var closed = stream.Start(2);
        stream.Decider.StopConsumer(stopped);
        stream.Decider.CloseConsumer(closed);
        Assert.Equal(0, stream.Decider.ConsumerCount);
        stream.Write("a");
        stream.Settle(stopped, 0);
        Assert.Empty(stream.Delivered);
        stream.Decider.ConnectionClosed(1);
        Assert.Empty(stream.Decider.Consumers);
    }

    [Fact]
    public void A_reader_must_limit_what_it_holds()
    {
        var stream = new TestStream();
        var key = new ConsumerKey(1, 1);
        Assert.Equal(
            new Refusal(RefusalReason.PreconditionFailed, "consumer prefetch count is not set for stream queue 's'"),
            stream.Decider.StartConsumer(key, Settings(prefetch: 0), "queue 's'"));
        Assert.Equal(
            new Refusal(RefusalReason.NotImplemented, "automatic acknowledgement not supported by stream queue 's'"),
            stream.Decider.StartConsumer(key, Settings(noAck: true), "queue 's'"));
        Assert.Equal(0, stream.Decider.ConsumerCount);
    }

    [Fact]
    public void A_stream_is_neither_taken_from_nor_purged()
    {
        var stream = new TestStream();
        Assert.Equal(
            new Refusal(RefusalReason.NotImplemented, "basic.get not supported by stream queues queue 's' in vhost '/'"),
            stream.Decider.CheckGet(new Names.QueueKey("/", "s")));
        Assert.Equal(
            new Refusal(RefusalReason.NotImplemented, "queue.purge not supported by stream queues queue 's' in vhost '/'"),
            stream.Decider.CheckPurge(new Names.QueueKey("/", "s")));
    }

    [Fact]
    public void A_failed_write_confirms_nothing()
    {
        var stream = new TestStream();
        stream.Decider.Publish(2, 1, StreamMessages.Batch("a"));
        stream.Decider.WriteFailed();
        Assert.Equal([(2, 1L, 1L)], stream.Failed);
        Assert.Equal(0, stream.Crash().Decider.ReadyCount);
    }

    [Fact]
    public void Publishers_are_held_back_while_too_much_awaits_its_commit()
    {
        var stream = new TestStream(Ample with { PinnedBytesMax = 20 });
        stream.Decider.Publish(2, 1, StreamMessages.Batch("aaaa"));
        stream.Decider.Publish(2, 2, StreamMessages.Batch("bbbb"));
        Assert.True(stream.Decider.IsWithholding);
        Assert.Equal((2, 1, 0), stream.Told[^1]);
        stream.CommitAll();
        Assert.Equal((2, 2, 2), stream.Told[^1]);
        Assert.False(stream.Decider.IsWithholding);
    }
}

using ActorBroker.Core.Queues;
using Xunit;
using static ActorBroker.Core.Tests.Streams.TestStream;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>What leaves a stream, when, and what that means for its readers and its journal.</summary>
public sealed class StreamRetentionSpec
{
    private static readonly QueueMemoryLimits SmallSegments = Ample with { SegmentBytes = 30 };
    private static readonly QueueSettings Stream = new() { Type = QueueType.Stream };

    [Fact]
    public void Whole_segments_leave_when_the_stream_is_too_large()
    {
        var stream = new TestStream(SmallSegments, Stream with { MaxLengthBytes = 80 });
        for (var i = 0; i < 10; i++)
        {
            // 13 bytes a record: two in a segment.
            stream.Write($"{i}");
        }

        Assert.Equal(4, stream.Decider.FirstOffset);
        Assert.Equal(6, stream.Decider.ReadyCount);
        Assert.Equal(5, stream.Decider.FirstLiveSequenceNr);
        Assert.Equal("44 55 66 77 88 99", stream.TextOf(stream.Start(1, Offset("first"))));
        Assert.Equal("44 55 66 77 88 99", stream.TextOf(stream.Start(2, Offset(1))));
    }

    [Fact]
    public void Segments_leave_when_their_youngest_message_is_too_old_but_the_last_one_stays()
    {
        var stream = new TestStream(SmallSegments, Stream with { MaxAge = 1000 });
        Assert.Null(stream.Decider.NextDue);
        stream.Write("a");
        stream.Write("b");
        stream.Decider.AdvanceTo(500);
        stream.Write("c");
        Assert.Equal(1001, stream.Decider.NextDue);
        stream.Decider.AdvanceTo(1000);
        Assert.Equal(0, stream.Decider.FirstOffset);
        stream.Decider.AdvanceTo(1001);
        Assert.Equal(2, stream.Decider.FirstOffset);
        Assert.Null(stream.Decider.NextDue);
        stream.Decider.AdvanceTo(100_000);
        Assert.Equal("2c", stream.TextOf(stream.Start(1, Offset("first"))));
    }

    [Fact]
    public void A_segment_spans_a_fraction_of_the_age_limit()
    {
        var stream = new TestStream(Ample, Stream with { MaxAge = 1000 });
        for (var at = 0; at <= 3000; at += 100)
        {
            stream.Decider.AdvanceTo(at);
            stream.Write("m");
        }

        Assert.InRange(stream.Decider.ReadyCount, 10, 12);
    }

    [Fact]
    public void A_reader_whose_offset_has_left_goes_on_at_the_first_that_is_left()
    {
        var stream = new TestStream(SmallSegments with { ResidentBytesMax = 0 }, Stream with { MaxLengthBytes = 80 });
        stream.Write("a");
        stream.Write("b");
        stream.Write("c");
        var slow = stream.Start(1, Settings(prefetch: 1, arguments: Offset("first")));
        var waiting = stream.Start(2, Offset("first"));
        for (var i = 3; i < 10; i++)
        {
            stream.Write($"{i}");
        }

        stream.AnswerLoads();
        Assert.Equal("44 55 66 77 88 99", stream.TextOf(waiting));
        Assert.Equal("44", stream.TextOf(slow));
        stream.Settle(slow, 4);
        stream.AnswerLoads();
        Assert.Equal("44 55", stream.TextOf(slow));
    }

    [Fact]
    public void Other_settings_take_effect_on_a_live_stream()
    {
        var stream = new TestStream(SmallSegments);
        for (var i = 0; i < 10; i++)
        {
            stream.Write($"{i}");
        }

        Assert.Equal(0, stream.Decider.FirstOffset);
        stream.Decider.Apply(Stream with { MaxLengthBytes = 40 });
        Assert.Equal(8, stream.Decider.FirstOffset);
    }

    [Fact]
    public void What_left_does_not_come_back_after_a_restart()
    {
        var stream = new TestStream(SmallSegments, Stream with { MaxLengthBytes = 80 });
        for (var i = 0; i < 7; i++)
        {
            stream.Write($"{i}");
        }

        stream.Journal.Store(stream.Decider);
        stream.Journal.Trim();
        for (var i = 7; i < 10; i++)
        {
            stream.Write($"{i}");
        }

        var next = stream.Crash();
        Assert.Equal(4, next.Decider.FirstOffset);
        var reader = next.Start(1, Offset("first"));
        next.AnswerLoads();
        Assert.Equal("44 55 66 77 88 99", next.TextOf(reader));
        var last = next.Start(2, Offset("last"));
        next.AnswerLoads();
        Assert.Equal("99", next.TextOf(last));
    }

    [Fact]
    public void A_segment_is_as_large_as_declared_within_what_the_broker_has()
    {
        var stream = new TestStream(Ample, Stream with { StreamSegmentBytes = 26, MaxLengthBytes = 30 });
        for (var i = 0; i < 10; i++)
        {
            stream.Write($"{i}");
        }

        Assert.Equal(8, stream.Decider.FirstOffset);
    }
}

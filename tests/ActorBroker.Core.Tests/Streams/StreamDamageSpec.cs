using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Xunit;
using static ActorBroker.Core.Tests.Streams.TestStream;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>Offsets whose messages the journal holds damaged are passed over.</summary>
public sealed class StreamDamageSpec
{
    private static readonly QueueMemoryLimits Tiny = new(40, 0, 1_000, 1_000, 1);

    [Fact]
    public void Readers_pass_over_what_is_damaged_and_it_counts_once()
    {
        var written = new TestStream(Tiny);
        foreach (var text in "abcdef")
        {
            written.Write(text.ToString());
        }

        written.Journal.Store(written.Decider);
        var stream = written.Crash();
        var first = stream.Start(1, Offset("first"));
        AnswerLoads(stream);
        var second = stream.Start(2, Offset("first"));
        AnswerLoads(stream);

        Assert.Equal("0a 1b 3d 4e 5f", stream.TextOf(first));
        Assert.Equal("0a 1b 3d 4e 5f", stream.TextOf(second));
        Assert.Equal(1, stream.Decider.LostCount);
    }

    [Fact]
    public void A_write_that_was_rejected_and_written_again_and_is_found_twice_counts_once()
    {
        var stream = new TestStream();
        var write = new QueueWrite([new PlacedBatch(0, StreamMessages.Batch("a"))], [], 0);
        stream.Decider.RecoverWrite(write, 1, 0);
        stream.Decider.RecoverWrite(write, 2, 0);
        stream.Decider.RecoveryCompleted();
        stream.Write("b");

        Assert.Equal("0a 1b", stream.TextOf(stream.Start(1, Offset("first"))));
    }

    [Fact]
    public void Offsets_of_a_damaged_event_are_not_given_out_again()
    {
        var stream = new TestStream();
        stream.Decider.RecoverWrite(new QueueWrite([new PlacedBatch(0, StreamMessages.Batch("a"))], [], 0), 1, 0);
        stream.Decider.RecoverLost(new PositionRange(1, 2));
        stream.Decider.RecoverWrite(new QueueWrite([new PlacedBatch(3, StreamMessages.Batch("d"))], [], 0), 3, 0);
        stream.Decider.RecoverLost(new PositionRange(4, 1));
        stream.Decider.RecoveryCompleted();
        stream.Write("f");

        Assert.Equal(3, stream.Decider.LostCount);
        Assert.Equal("0a 3d 5f", stream.TextOf(stream.Start(1, Offset("first"))));
    }

    private static void AnswerLoads(TestStream stream)
    {
        while (stream.Loads.Count > 0)
        {
            var address = stream.Loads[0];
            stream.Loads.RemoveAt(0);
            var batches = stream.Journal.Read(address);
            var whole = batches.FindAll(static placed => placed.FirstPosition != 2);
            stream.Decider.SegmentLoaded(address, whole, whole.Count < batches.Count);
        }
    }
}

using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Transactions;
using Xunit;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>A stream's share of transactions over several queues.</summary>
public sealed class StreamTransactionSpec
{
    private static readonly TransactionId First = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly TransactionId Second = new(new Guid(2, 0, 0, new byte[8]));

    [Fact]
    public void What_is_prepared_has_no_offsets_and_holds_nobody_up()
    {
        var stream = new TestStream();
        var reader = stream.Start(1, TestStream.Offset("first"));
        stream.Decider.Prepare(5, 1, First, StreamMessages.Batch("a", "b"), []);
        Assert.Empty(stream.Prepared);
        stream.CommitAll();
        Assert.Equal([(5, First)], stream.Prepared);
        Assert.Equal((5, 1L, 1L), stream.Told[^1]);
        stream.Write("c");
        Assert.Equal("0c", stream.TextOf(reader));

        Assert.True(stream.Decider.End(First, committed: true));
        stream.CommitAll();

        Assert.Equal("0c 1a 2b", stream.TextOf(reader));
        Assert.Equal([First], stream.Ended);
        Assert.False(stream.Decider.End(First, committed: true));
    }

    [Fact]
    public void An_undone_share_leaves_no_gap()
    {
        var stream = new TestStream();
        stream.Decider.Prepare(5, 1, First, StreamMessages.Batch("a"), []);
        stream.CommitAll();
        stream.Decider.Prepare(6, 1, Second, StreamMessages.Batch("b"), []);
        Assert.True(stream.Decider.End(First, committed: false));
        Assert.True(stream.Decider.End(Second, committed: false));
        stream.CommitAll();
        stream.Write("c");
        stream.Decider.FlushSettlements();
        stream.CommitAll();

        var next = stream.Crash();
        Assert.Empty(next.Decider.UndecidedTransactions);
        Assert.Equal("0c", next.TextOf(next.Start(1, TestStream.Offset("first"))));
        Assert.Empty(stream.Ended);
    }

    [Fact]
    public void A_crash_keeps_what_is_prepared_until_its_end_is_written()
    {
        var stream = new TestStream();
        stream.Write("old");
        stream.Decider.Prepare(5, 1, First, StreamMessages.Batch("a", "b"), []);
        stream.CommitAll();
        stream.Decider.End(First, committed: true);

        var next = stream.Crash();
        Assert.Equal(First, Assert.Single(next.Decider.UndecidedTransactions).Id);
        Assert.Equal(1, next.Decider.ReadyCount);
        next.Decider.End(First, committed: true);
        next.CommitAll();
        Assert.Equal("0old 1a 2b", next.TextOf(next.Start(1, TestStream.Offset("first"))));

        next = next.Crash();
        Assert.Empty(next.Decider.UndecidedTransactions);
        Assert.Equal(3, next.Decider.ReadyCount);
    }

    [Fact]
    public void A_share_that_only_settles_needs_no_write()
    {
        var stream = new TestStream();
        stream.Decider.Prepare(5, 1, First, MessageBatch.Empty, []);
        Assert.Equal((5, 1L, 1L), stream.Told[^1]);
        Assert.False(stream.IsWriting);
        stream.Decider.End(First, committed: true);
        Assert.False(stream.IsWriting);
        stream.Decider.Commit(5, 2, MessageBatch.Empty, []);
        Assert.Equal((5, 2L, 2L), stream.Told[^1]);
    }
}

using ActorBroker.PerfTest.Checking;
using Xunit;

namespace ActorBroker.PerfTest.Tests.Checking;

public sealed class SequenceCheckerTests
{
    private const int Run = 77;

    [Fact]
    public void Producers_are_checked_apart()
    {
        var checker = new SequenceChecker(Run, isOrdered: true);
        checker.Observe([Id(0, 1), Id(1, 1), Id(0, 2), Id(1, 3), Id(0, 2)], redelivered: false);

        Assert.Equal(new SequenceFaults(Lost: 1, Duplicates: 1, OutOfOrder: 0), checker.Faults());
        Assert.Equal((2, 2), (checker.ReceivedFrom(0), checker.ReceivedFrom(1)));
    }

    [Fact]
    public void What_was_published_after_the_highest_that_came_is_missing_at_the_end()
    {
        var checker = new SequenceChecker(Run, isOrdered: true);
        checker.Observe([Id(0, 1), Id(0, 2)], redelivered: false);

        Assert.Equal(3, checker.MissingAtEnd(0, published: 5));
        Assert.Equal(5, checker.MissingAtEnd(1, published: 5));
        Assert.Equal(0, checker.MissingAtEnd(0, published: 2));
    }

    [Fact]
    public void Messages_of_another_run_are_counted_and_not_checked()
    {
        var checker = new SequenceChecker(Run, isOrdered: true);
        checker.Observe([MessageStamp.Identity(Run + 1, 0, 500), Id(0, 1)], redelivered: false);

        Assert.Equal(1, checker.Foreign);
        Assert.Equal(default, checker.Faults());
    }

    [Fact]
    public void A_drain_checks_every_run_from_the_first_message_it_sees()
    {
        var checker = new SequenceChecker(run: null, isOrdered: true);
        checker.Observe([MessageStamp.Identity(3, 0, 500), MessageStamp.Identity(3, 0, 502), MessageStamp.Identity(4, 0, 1)], redelivered: false);

        Assert.Equal(new SequenceFaults(1, 0, 0), checker.Faults());
        Assert.Equal(0, checker.Foreign);
    }

    [Fact]
    public void An_identity_keeps_run_producer_and_sequence_at_their_limits()
    {
        var identity = MessageStamp.Identity(MessageStamp.RunMax, MessageStamp.ProducerMax, MessageStamp.SequenceMax);

        Assert.Equal(MessageStamp.RunMax, MessageStamp.RunOf(identity));
        Assert.Equal(MessageStamp.SequenceMax, MessageStamp.SequenceOf(identity));
        Assert.Equal(MessageStamp.StreamOf(MessageStamp.RunMax, MessageStamp.ProducerMax), MessageStamp.StreamOf(identity));
        Assert.Equal(MessageStamp.RunMax, MessageStamp.RunOf(MessageStamp.Identity(MessageStamp.RunMax, 0, 1)));
    }

    private static ulong Id(int producer, long sequence) => MessageStamp.Identity(Run, producer, sequence);
}

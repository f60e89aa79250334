using ActorBroker.Connections.AkkaClients;
using Xunit;

namespace ActorBroker.Connections.Tests.AkkaClients;

/// <summary>Akka.Remote lists each number that is missing before a system message: one frame with a wide gap fills its memory.</summary>
public sealed class SystemSequenceTests
{
    private readonly SystemSequence _sequence = new();

    [Fact]
    public void Messages_in_order_and_again_are_admitted_without_end() =>
        Assert.All(Enumerable.Range(0, 10 * SystemSequence.AheadMax), number => Assert.True(_sequence.Admits((ulong)number) && _sequence.Admits((ulong)number / 2)));

    [Theory]
    [InlineData(SystemSequence.AheadMax + 1UL)]
    [InlineData(ulong.MaxValue - 1)]
    [InlineData(1UL << 63)]
    public void A_message_far_ahead_is_not(ulong number)
    {
        Assert.False(_sequence.Admits(number));
        Assert.True(_sequence.Admits(0));
    }

    [Fact]
    public void Nobody_gets_far_ahead_in_small_steps()
    {
        for (var number = 1UL; number <= SystemSequence.AheadMax; number++)
            Assert.True(_sequence.Admits(number));
        Assert.False(_sequence.Admits(SystemSequence.AheadMax + 1));

        // What was missing comes: it goes on behind all that had come early.
        Assert.True(_sequence.Admits(0));
        Assert.True(_sequence.Admits((2 * SystemSequence.AheadMax) + 1));
        Assert.False(_sequence.Admits((2 * SystemSequence.AheadMax) + 2));
    }
}

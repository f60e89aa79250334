using ActorBroker.Core.Statistics;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Statistics;

public sealed class ConsumerUseTests
{
    [Fact]
    public void Consumers_that_always_keep_up_are_free_all_of_the_time()
    {
        var use = new ConsumerUse(since: 1_000);
        use.Set(isShort: false, now: 2_000);
        Assert.Equal(1, use.At(1_000));
        Assert.Equal(1, use.At(60_000));
    }

    [Fact]
    public void A_shortage_counts_half_after_a_second_and_is_forgotten_as_it_came()
    {
        var use = new ConsumerUse(since: 0);
        use.Set(isShort: true, now: 0);
        Assert.Equal(0.5, use.At(1_000), precision: 6);
        Assert.Equal(0, use.At(60_000), precision: 6);
        use.Set(isShort: false, now: 60_000);
        Assert.Equal(0.5, use.At(61_000), precision: 6);
        Assert.Equal(1, use.At(120_000), precision: 6);
    }

    [Fact]
    public void Turns_of_the_same_length_come_to_their_share()
    {
        var use = new ConsumerUse(since: 0);
        for (var now = 0; now < 60_000; now += 40)
        {
            use.Set(isShort: true, now);
            use.Set(isShort: false, now + 30);
        }

        Assert.InRange(use.At(60_000), 0.24, 0.26);
    }

    [Fact]
    public void It_is_a_share_whatever_the_clock_does() =>
        Gen.Select(Gen.Bool, Gen.Long[-5, 5_000]).Array[1, 50].Sample(static turns =>
        {
            var (use, now) = (new ConsumerUse(0), 0L);
            foreach (var (isShort, later) in turns)
            {
                use.Set(isShort, now += later);
                Assert.InRange(use.At(now + later), 0, 1);
            }
        });
}

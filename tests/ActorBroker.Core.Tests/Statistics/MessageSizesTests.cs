using ActorBroker.Core.Statistics;
using Xunit;

namespace ActorBroker.Core.Tests.Statistics;

public sealed class MessageSizesTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 0)]
    [InlineData(101, 1)]
    [InlineData(1_000, 1)]
    [InlineData(65_536, 3)]
    [InlineData(50_000_000, 6)]
    [InlineData(100_000_000, 7)]
    [InlineData(100_000_001, 8)]
    public void A_body_is_counted_in_the_first_range_that_it_fits_into(int body, int range)
    {
        var sizes = new MessageSizes();
        sizes.Count(body);
        Assert.Equal(range, Array.IndexOf(sizes.Counts, 1));
        Assert.Equal((1, body), (sizes.Counts.Sum(), sizes.SumBytes));
    }

    [Fact]
    public void What_channels_have_published_adds_up()
    {
        var (total, silent, one, other) = (new ChannelCounters(), new ChannelCounters(), new ChannelCounters(), new ChannelCounters());
        one.CountPublished(5);
        one.CountPublished(500);
        other.CountPublished(500);
        foreach (var channel in (ChannelCounters[])[silent, one, other])
        {
            total.Add(channel);
        }

        Assert.Null(silent.Sizes);
        Assert.Equal([1, 2, 0, 0, 0, 0, 0, 0, 0], total.Sizes!.Counts);
        Assert.Equal((3, 1_005), (total.Published, total.Sizes.SumBytes));
    }
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.History;

public sealed class HistoryRangeTests
{
    private static readonly HistoryExtent Extent = new(10, 30);

    [Theory]
    [InlineData(HistoryStart.First, 0, 10)]
    [InlineData(HistoryStart.Last, 5, 25)]
    [InlineData(HistoryStart.Last, 100, 10)]
    [InlineData(HistoryStart.Position, 12, 12)]
    [InlineData(HistoryStart.Position, 3, 10)]
    [InlineData(HistoryStart.Position, 50, 50)]
    public void A_range_starts_with_what_is_there(HistoryStart from, long value, long expected)
    {
        var range = new HistoryRange(from, value);
        Assert.Null(range.Check());
        Assert.Equal(expected, range.StartIn(Extent));
        Assert.Equal(new StreamOffset(StreamStart.Offset, expected), ConsumerArguments.Of(ArgumentTable.Of(range.OffsetIn(Extent))).Offset);
    }

    [Fact]
    public void A_time_is_looked_up_from_its_second_on_and_compared_to_the_millisecond()
    {
        var range = HistoryRange.FromTime(DateTimeOffset.FromUnixTimeMilliseconds(12_345));
        Assert.Null(range.StartIn(Extent));
        Assert.Equal(12_345, range.NotBefore);
        Assert.Equal(new StreamOffset(StreamStart.Timestamp, 12_000), ConsumerArguments.Of(ArgumentTable.Of(range.OffsetIn(Extent))).Offset);
    }

    [Theory]
    [InlineData(null, 30)]
    [InlineData(20L, 20)]
    [InlineData(40L, 30)]
    public void A_range_never_goes_beyond_the_end(long? until, long expected) =>
        Assert.Equal(expected, (HistoryRange.All with { UntilPosition = until }).EndIn(Extent));

    [Fact]
    public void Positions_and_times_are_not_negative()
    {
        Assert.NotNull(HistoryRange.FromPosition(-1).Check());
        Assert.NotNull((HistoryRange.All with { UntilPosition = -1 }).Check());
        Assert.NotNull((HistoryRange.All with { UntilTime = -1 }).Check());
    }
}

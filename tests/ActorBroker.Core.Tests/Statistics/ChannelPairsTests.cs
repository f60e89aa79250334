using ActorBroker.Core.Statistics;
using Xunit;

namespace ActorBroker.Core.Tests.Statistics;

public sealed class ChannelPairsTests
{
    private readonly PairLimit _limit = new(4);
    private readonly ChannelPairs _pairs;

    public ChannelPairsTests() => _pairs = new ChannelPairs(_limit);

    [Fact]
    public void Confirms_are_counted_with_the_exchanges_that_were_published_to()
    {
        _pairs.CountPublished("a", 3, firstTag: 1);
        _pairs.CountPublished("a", 2, firstTag: 4);
        _pairs.CountPublished("b", 4, firstTag: 6);
        _pairs.CountPublished("a", 1, firstTag: 10);
        _pairs.CountConfirmed(7, 8, negative: false);
        Assert.Equal([("a", 6, 0), ("b", 4, 2)], Exchanges());
        _pairs.CountConfirmed(1, 6, negative: false);
        _pairs.CountConfirmed(9, 9, negative: true);
        _pairs.CountConfirmed(10, 10, negative: false);
        Assert.Equal([("a", 6, 6), ("b", 4, 3)], Exchanges());
    }

    [Fact]
    public void Confirms_of_what_was_published_before_somebody_watched_are_nobodys()
    {
        _pairs.CountPublished("a", 2, firstTag: 5);
        _pairs.CountConfirmed(1, 5, negative: false);
        Assert.Equal([("a", 2, 1)], Exchanges());
    }

    [Fact]
    public void Exchanges_that_take_turns_keep_nothing_once_they_are_confirmed()
    {
        var awaited = new AwaitedConfirms();
        ExchangePair[] exchanges = [new("a"), new("b")];
        for (var tag = 1UL; tag <= 100_000; tag++)
        {
            awaited.Add(tag, 1, exchanges[tag % 2]);
            if (tag % 500 == 0)
            {
                Assert.Equal(500, awaited.RunCount);
                awaited.Answer(tag - 249, tag, negative: false);
                awaited.Answer(tag - 499, tag - 250, negative: false);
                Assert.Equal(0, awaited.RunCount);
            }
        }

        Assert.Equal([50_000, 50_000], exchanges.Select(static exchange => exchange.Confirmed));
    }

    [Fact]
    public void A_client_that_nobody_confirms_fills_no_memory()
    {
        var awaited = new AwaitedConfirms();
        ExchangePair[] exchanges = [new("a"), new("b")];
        for (var tag = 1UL; tag <= 100_000; tag++)
        {
            awaited.Add(tag, 1, exchanges[tag % 2]);
        }

        Assert.Equal(4_096, awaited.RunCount);
        awaited.Answer(1, 100_000, negative: false);
        Assert.Equal((0, 4_096), (awaited.RunCount, exchanges.Sum(static exchange => exchange.Confirmed)));
    }

    [Fact]
    public void What_there_is_no_room_for_is_not_told_apart()
    {
        _pairs.CountPublished("a", 1, firstTag: 0);
        Assert.NotNull(_pairs.From("q"));
        Assert.NotNull(_pairs.Along("a", "q"));
        _pairs.CountUnroutable("b", returned: true);
        Assert.Null(_pairs.From("r"));
        Assert.Null(_pairs.Along("b", "q"));
        _pairs.CountPublished("c", 1, firstTag: 1);
        _pairs.CountConfirmed(1, 1, negative: false);
        Assert.Same(_pairs.From("q"), _pairs.From("q"));
        Assert.Equal([("a", 1, 0), ("b", 0, 0)], Exchanges());
        Assert.Equal(4, _limit.Count);
    }

    [Fact]
    public void What_is_gone_gives_its_room_back_and_counts_anew_when_it_comes_again()
    {
        var queue = _pairs.From("q")!;
        var route = _pairs.Along("a", "q")!;
        _pairs.CountPublished("a", 1, firstTag: 0);
        _pairs.CountPublished("b", 1, firstTag: 0);
        _pairs.Drop(static exchange => exchange == "b", static _ => true);
        Assert.Equal([("b", 1, 0)], Exchanges());
        Assert.Equal((false, true), (queue.IsDropped, route.IsDropped));
        Assert.Empty(_pairs.Routes());
        _pairs.Drop(static _ => true, static _ => false);
        Assert.True(queue.IsDropped);
        Assert.NotSame(queue, _pairs.From("q"));
        Assert.Equal(2, _limit.Count);
    }

    [Fact]
    public void A_channel_that_has_ended_takes_no_room()
    {
        _pairs.From("q");
        _pairs.CountPublished("a", 1, firstTag: 0);
        _pairs.End();
        Assert.Null(_pairs.From("q"));
        _pairs.CountUnroutable("a", returned: false);
        Assert.Empty(_pairs.Exchanges());
        Assert.Equal(0, _limit.Count);
    }

    private IEnumerable<(string, long, long)> Exchanges() =>
        _pairs.Exchanges().Select(static pair => (pair.Exchange, pair.Published, pair.Confirmed)).Order();
}

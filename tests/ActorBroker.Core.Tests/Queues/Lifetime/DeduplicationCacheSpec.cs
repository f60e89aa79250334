using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lifetime;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues.Lifetime;

public sealed class DeduplicationCacheSpec
{
    [Fact]
    public void It_remembers_the_youngest_up_to_its_size_and_age() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 50], Gen.Select(Gen.Int[0, 12], Gen.Int[0, 20]).Array[0, 60]).Sample((size, ttl, arrivals) =>
        {
            var cache = new DeduplicationCache(new Deduplication("id", size, ttl));
            var expected = new List<(int Id, long At)>();
            var now = 0L;
            var position = 0L;
            foreach (var (id, wait) in arrivals)
            {
                now += wait;
                expected.RemoveAll(remembered => remembered.At <= now - ttl);
                Assert.Equal(expected.Exists(remembered => remembered.Id == id), cache.Contains((UInt128)id, now));
                if (!cache.Contains((UInt128)id, now))
                {
                    cache.Remember(new RememberedIdentity((UInt128)id, position++, now));
                    expected.Add((id, now));
                    expected.RemoveRange(0, Math.Max(0, expected.Count - size));
                }

                Assert.Equal(expected.Select(static remembered => (UInt128)remembered.Id), cache.Lasting.Select(static remembered => remembered.Identity));
                Assert.Equal(expected.Count, cache.Count);
            }
        });

    [Fact]
    public void Without_size_and_age_an_identity_goes_with_its_message()
    {
        var cache = new DeduplicationCache(new Deduplication("id", null, null));
        cache.Remember(new RememberedIdentity(1, Position: 10, At: 0));
        cache.Remember(new RememberedIdentity(2, Position: 11, At: 0));
        cache.Gone(10);

        Assert.False(cache.Contains(1, 1_000_000));
        Assert.True(cache.Contains(2, 1_000_000));
    }

    [Fact]
    public void With_a_size_an_identity_stays_when_its_message_goes()
    {
        var cache = new DeduplicationCache(new Deduplication("id", 5, null));
        cache.Remember(new RememberedIdentity(1, Position: 10, At: 0));
        cache.Gone(10);

        Assert.True(cache.Contains(1, 1_000_000));
    }

    [Fact]
    public void Changed_settings_keep_what_they_allow()
    {
        var cache = new DeduplicationCache(new Deduplication("id", 5, null));
        for (var i = 0; i < 4; i++)
        {
            cache.Remember(new RememberedIdentity((UInt128)i, i, 0));
        }

        Assert.Equal([(UInt128)2, (UInt128)3], cache.With(new Deduplication("id", 2, null), static _ => true).Lasting.Select(static it => it.Identity));
        Assert.Equal([(UInt128)1], cache.With(new Deduplication("id", null, null), static position => position == 1).Lasting.Select(static it => it.Identity));
    }

    [Fact]
    public void Values_are_told_apart_by_kind_but_for_sizes_of_integers()
    {
        var one = DeduplicationCache.IdentityOf(ArgumentValue.FromInt32(1));

        Assert.Equal(one, DeduplicationCache.IdentityOf(ArgumentValue.FromInt64(1)));
        Assert.NotEqual(one, DeduplicationCache.IdentityOf(ArgumentValue.FromString("1")));
        Assert.NotEqual(one, DeduplicationCache.IdentityOf(ArgumentValue.FromInt32(2)));
    }
}

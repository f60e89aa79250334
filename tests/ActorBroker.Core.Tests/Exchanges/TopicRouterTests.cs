using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using ActorBroker.Testing;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Exchanges;

public sealed class TopicRouterTests
{
    private static readonly Gen<string> Word = Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("c"), Gen.Const(string.Empty));

    private static readonly Gen<string> Key = Gen.OneOf(Word, Gen.Const("*"), Gen.Const("#")).Array[0, 6].Select(words => string.Join('.', words));

    private static readonly Gen<string> Pattern =
        Gen.Frequency((3, Word), (2, Gen.Const("*")), (2, Gen.Const("#"))).Array[0, 6].Select(words => string.Join('.', words));

    [Fact]
    public void Any_bindings_after_any_changes_match_what_a_naive_matcher_matches() =>
        Gen.Select(Gen.Select(Pattern, Gen.Int[0, 3], Gen.Bool).Array[0, 40], Key.Array[1, 8]).Sample((changes, keys) =>
        {
            var router = new TopicRouter();
            var bindings = new HashSet<(string Pattern, int Queue)>();
            foreach (var (pattern, queue, add) in changes)
            {
                var binding = Bind(pattern, queue);
                if (add && bindings.Add((pattern, queue)))
                    router.Add(binding);
                else if (!add && bindings.Remove((pattern, queue)))
                    router.Remove(binding);
            }

            var matches = new RouteMatches();
            foreach (var key in keys)
            {
                matches.Targets.Clear();
                router.Match(key, matches);
                var expected = bindings.Where(binding => NaiveMatch(Split(binding.Pattern), Split(key))).Select(binding => $"q{binding.Queue}");
                Assert.Equal(expected.Distinct().Order(), matches.Targets.Select(target => target.Name).Distinct().Order());
            }
        });

    [Theory]
    [InlineData("", "", true)]
    [InlineData("#", "", true)]
    [InlineData("*", "", false)]
    [InlineData("*", "a", true)]
    [InlineData("a.*", "a.", true)]
    [InlineData("*.*", ".", true)]
    [InlineData("*", ".", false)]
    [InlineData("a.#", "a", true)]
    [InlineData("#.b", "b", true)]
    [InlineData("a.#.b", "a.b", true)]
    [InlineData("a.#.b", "a.x.y.b", true)]
    [InlineData("a.#.b", "a", false)]
    [InlineData("#.#", "", true)]
    [InlineData("a*", "ab", false)]
    [InlineData("a*", "a*", true)]
    [InlineData("a", "A", false)]
    public void Words_may_be_empty_and_an_empty_key_has_none(string pattern, string key, bool matches)
    {
        Assert.Equal(matches, NaiveMatch(Split(pattern), Split(key)));
        Assert.Equal(matches, Count(RouterOf(pattern), key) > 0);
    }

    [Fact]
    public void Bindings_that_differ_in_arguments_only_keep_their_queue_until_the_last_is_removed()
    {
        var router = new TopicRouter();
        var other = Bind("a.#", 1) with { Arguments = ArgumentTable.Of(("x", ArgumentValue.FromInt32(1))) };
        router.Add(Bind("a.#", 1));
        router.Add(other);
        router.Remove(Bind("a.#", 1));
        Assert.Equal(1, Count(router, "a.b"));
        router.Remove(other);
        Assert.Equal(0, Count(router, "a.b"));
    }

    [Fact]
    public void Many_hashes_do_not_multiply_the_work()
    {
        var router = RouterOf(string.Join('.', Enumerable.Repeat("#.a", 60)) + ".b");
        Assert.Equal(0, Count(router, string.Join('.', Enumerable.Repeat("a", 128))));
    }

    [Fact]
    public void A_hundred_thousand_bindings_are_matched_without_allocation()
    {
        var router = new TopicRouter();
        for (var i = 0; i < 100_000; i++)
            router.Add(Bind($"sensor.{i}.*.celsius", i));
        var matches = new RouteMatches();
        router.Match("sensor.77777.kitchen.celsius", matches);
        Assert.Equal(["q77777"], matches.Targets.Select(target => target.Name));

        Assert.Equal(0, Allocation.Of(() =>
        {
            matches.Targets.Clear();
            router.Match("sensor.5.kitchen.celsius", matches);
        }));
        Assert.Single(matches.Targets);
    }

    private static TopicRouter RouterOf(string pattern)
    {
        var router = new TopicRouter();
        router.Add(Bind(pattern, 1));
        return router;
    }

    private static int Count(TopicRouter router, string key)
    {
        var matches = new RouteMatches();
        router.Match(key, matches);
        return matches.Targets.Count;
    }

    private static Binding Bind(string pattern, int queue) => new(Destination.Queue($"q{queue}"), pattern, ArgumentTable.Empty);

    private static string[] Split(string text) => text.Length == 0 ? [] : text.Split('.');

    private static bool NaiveMatch(ReadOnlySpan<string> pattern, ReadOnlySpan<string> key)
    {
        if (pattern.IsEmpty)
            return key.IsEmpty;
        if (pattern[0] == "#")
            return NaiveMatch(pattern[1..], key) || (!key.IsEmpty && NaiveMatch(pattern, key[1..]));
        return !key.IsEmpty && (pattern[0] == "*" || pattern[0] == key[0]) && NaiveMatch(pattern[1..], key[1..]);
    }
}

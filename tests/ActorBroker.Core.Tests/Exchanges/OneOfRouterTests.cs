using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Exchanges;

public sealed class OneOfRouterTests
{
    private static readonly Gen<Binding> AnyBinding = Gen.Select(Gen.Int[0, 5], Gen.Bool, Gen.Int[0, 2]).Select((to, queue, key) =>
        Bind(queue ? Destination.Queue($"d{to}") : Destination.Exchange($"d{to}"), $"k{key}"));

    [Theory]
    [InlineData(ExchangeTypes.Random)]
    [InlineData(ExchangeTypes.LocalRandom)]
    [InlineData(ExchangeTypes.ModulusHash)]
    public void Each_message_goes_to_one_destination_of_those_that_a_naive_model_has(string type) =>
        Gen.Select(Gen.Select(AnyBinding, Gen.Bool).Array[0, 30], Gen.UInt).Sample((changes, random) =>
        {
            var router = RouterOf(type);
            var bindings = new HashSet<Binding>();
            foreach (var (binding, isThere) in changes)
            {
                if (isThere && bindings.Add(binding))
                    router.Add(binding);
                if (!isThere && bindings.Remove(binding))
                    router.Remove(binding);
                var destinations = bindings.Select(there => RouteTarget.Of(there.Destination)).ToHashSet();
                var chosen = Choices(router, $"key{random}", random);
                Assert.Equal(Math.Min(1, destinations.Count), chosen.Count);
                Assert.Superset(chosen.ToHashSet(), destinations);
            }
        });

    [Fact]
    public void At_random_all_destinations_are_as_likely()
    {
        var router = RouterOf(ExchangeTypes.Random);
        for (var i = 0; i < 10; i++)
            router.Add(Bind(Destination.Queue($"q{i}"), string.Empty));
        var random = new Random(1);
        AssertEven(Enumerable.Range(0, 20_000).Select(_ => Assert.Single(Choices(router, "k", (uint)random.NextInt64(1L << 32))).Name), 10);
    }

    [Fact]
    public void Exchanges_that_follow_each_other_do_not_pick_alike()
    {
        var tables = new RoutingTables();
        tables.SetNames("/", [Destination.Exchange("a"), Destination.Exchange("b"), Destination.Exchange("c")]);
        Set("a", Destination.Exchange("b"), Destination.Exchange("c"));
        Set("b", Destination.Queue("b0"), Destination.Queue("b1"));
        Set("c", Destination.Queue("c0"), Destination.Queue("c1"));
        var random = new Random(1);
        var result = new RouteResult();
        AssertEven(Enumerable.Range(0, 20_000).Select(_ =>
        {
            var message = new RoutedMessage("k", ArgumentTable.Empty, (uint)random.NextInt64(1L << 32));
            Assert.Equal(RouteStatus.Ready, tables.Route(new ExchangeKey("/", "a"), ref message, result));
            return Assert.Single(result.Queues);
        }), 4);

        void Set(string exchange, params Destination[] destinations) => tables.SetRoutes(
            new ExchangeKey("/", exchange), Definition(ExchangeTypes.Random), destinations.Select(destination => Bind(destination, string.Empty)));
    }

    [Fact]
    public void A_modulus_shares_keys_out_and_stays_the_same_whatever_the_order_of_the_bindings()
    {
        var bindings = Enumerable.Range(0, 10).Select(i => Bind(Destination.Queue($"q{i}"), string.Empty)).ToList();
        var forwards = RouterOf(ExchangeTypes.ModulusHash);
        bindings.ForEach(forwards.Add);
        bindings.Reverse();
        var backwards = RouterOf(ExchangeTypes.ModulusHash);
        bindings.ForEach(backwards.Add);
        var chosen = Enumerable.Range(0, 20_000).Select(i => Assert.Single(Choices(forwards, $"key{i}", (uint)i)).Name).ToList();
        Assert.Equal(chosen, Enumerable.Range(0, 20_000).Select(i => Assert.Single(Choices(backwards, $"key{i}", 7)).Name));
        AssertEven(chosen, 10);
        Assert.False(forwards.IsPerMessage);
    }

    private static void AssertEven(IEnumerable<string> chosen, int choices)
    {
        var counts = chosen.CountBy(name => name).Select(count => count.Value).ToList();
        Assert.Equal(choices, counts.Count);
        var expected = counts.Sum() / (double)choices;

        // Above the 99.9th percentile of chi square with nine degrees of freedom.
        Assert.InRange(counts.Sum(count => Math.Pow(count - expected, 2) / expected), 0, 28);
    }

    private static Router RouterOf(string type) => Router.Create("x", Definition(type));

    private static ExchangeDefinition Definition(string type) => new(type, true, false, false, ArgumentTable.Empty);

    private static Binding Bind(Destination destination, string key) => new(destination, key, ArgumentTable.Empty);

    private static List<RouteTarget> Choices(Router router, string key, uint random)
    {
        var matches = new RouteMatches();
        var message = new RoutedMessage(key, ArgumentTable.Empty, random);
        router.Match(ref message, matches);
        return matches.Targets;
    }
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Exchanges;

public sealed class ConsistentHashRouterTests
{
    private const int Keys = 2000;

    private static readonly Gen<Binding> AnyBinding = Gen.Select(Gen.Int[0, 9], Gen.Bool, Gen.Int[1, 20]).Select((to, queue, weight) =>
        Bind(queue ? Destination.Queue($"d{to}") : Destination.Exchange($"d{to}"), weight));

    [Fact]
    public void The_choice_depends_on_which_bindings_there_are_and_not_on_how_they_came_about() =>
        Gen.Select(AnyBinding.Array[1, 15], Gen.Bool.Array[15], Gen.Int[0, 1000]).Sample((bindings, kept, seed) =>
        {
            var there = bindings.Distinct().ToList();
            var grown = RouterOf(there);
            foreach (var binding in there.ToList())
            {
                if (kept[there.IndexOf(binding)] || there.Count == 1)
                    continue;
                grown.Remove(binding);
                there.Remove(binding);
            }

            var random = new Random(seed);
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(there));
            Assert.Equal(Choices(RouterOf(there), 100), Choices(grown, 100));
            Assert.All(Choices(grown, 100), target => Assert.Contains(there, binding => RouteTarget.Of(binding.Destination) == target));
        }, iter: 300);

    [Fact]
    public void A_binding_that_comes_or_goes_moves_nothing_but_its_own_share() =>
        Gen.Select(AnyBinding.Array[1, 10], AnyBinding).Sample((bindings, changed) =>
        {
            var others = bindings.Where(binding => binding.Destination != changed.Destination).Distinct().ToList();
            if (others.Count == 0)
                return;
            var router = RouterOf(others);
            var before = Choices(router, 300);
            router.Add(changed);
            var with = Choices(router, 300);
            router.Remove(changed);
            Assert.Equal(before, Choices(router, 300));
            var target = RouteTarget.Of(changed.Destination);
            Assert.All(before.Zip(with), pair => Assert.True(pair.Second == pair.First || pair.Second == target));
        }, iter: 300);

    [Fact]
    public void Messages_are_shared_out_by_weight()
    {
        int[] weights = [1, 2, 3, 4, 10];
        var router = RouterOf(weights.Select((weight, i) => Bind(Destination.Queue($"q{i}"), weight)));
        var counts = Choices(router, Keys * 10).CountBy(target => target.Name).ToDictionary();
        var square = weights.Select((weight, i) => (Expected: Keys * 10.0 * weight / weights.Sum(), Actual: counts[$"q{i}"]))
            .Sum(pair => Math.Pow(pair.Actual - pair.Expected, 2) / pair.Expected);

        // The 99.9th percentile of chi square with four degrees of freedom. The keys are always the same.
        Assert.InRange(square, 0, 18.5);
    }

    [Fact]
    public void The_greatest_weight_of_several_bindings_counts()
    {
        var other = Bind(Destination.Queue("other"), 5);
        var twice = RouterOf([other, Bind(Destination.Queue("q"), 3), Bind(Destination.Queue("q"), 9)]);
        Assert.Equal(Choices(RouterOf([other, Bind(Destination.Queue("q"), 9)]), Keys), Choices(twice, Keys));
        twice.Remove(Bind(Destination.Queue("q"), 9));
        Assert.Equal(Choices(RouterOf([other, Bind(Destination.Queue("q"), 3)]), Keys), Choices(twice, Keys));
    }

    [Theory]
    [InlineData("message_id")]
    [InlineData("correlation_id")]
    [InlineData("timestamp")]
    public void A_property_takes_the_place_of_the_routing_key(string property)
    {
        var router = RouterOf(Many, ArgumentTable.Of((ExchangeArguments.HashProperty, ArgumentValue.FromString(property))));
        Assert.True(router.IsPerMessage);
        var choices = Enumerable.Range(0, 200).Select(i => (
            Choose(router, "a", Properties(i)), Choose(router, "b", Properties(i)))).ToList();
        Assert.All(choices, pair => Assert.Equal(pair.Item1, pair.Item2));
        Assert.Equal(Many.Count, choices.Select(pair => pair.Item1).Distinct().Count());
        Assert.Equal(Choose(router, "a", new FixedFormat()), Choose(router, "b", new FixedFormat()));

        FixedFormat Properties(int i) => new() { Properties = { [property] = $"{i}", ["other"] = "x" } };
    }

    [Fact]
    public void A_header_takes_the_place_of_the_routing_key()
    {
        var router = RouterOf(Many, ArgumentTable.Of((ExchangeArguments.HashHeader, ArgumentValue.FromString("id"))));
        ArgumentValue[] values = [.. Enumerable.Range(0, 100).Select(ArgumentValue.FromInt32), .. Enumerable.Range(0, 100).Select(i => ArgumentValue.FromString($"{i}"))];
        var choices = values.Select(value => Choose(router, "a", Headers(value))).ToList();
        Assert.Equal(choices, values.Select(value => Choose(router, "b", Headers(value))));
        Assert.Equal(Many.Count, choices.Distinct().Count());
        Assert.Equal(Choose(router, "a", Headers(ArgumentValue.FromInt32(7))), Choose(router, "a", Headers(ArgumentValue.FromInt64(7))));
        Assert.Equal(Choose(router, "a", new FixedFormat()), Choose(router, "b", new FixedFormat()));

        static FixedFormat Headers(ArgumentValue value) => new() { Headers = ArgumentTable.Of(("other", ArgumentValue.Void), ("id", value)) };
    }

    [Fact]
    public void Any_message_might_go_to_any_destination_where_the_key_does_not_decide()
    {
        var matches = new RouteMatches();
        var any = RoutedMessage.Any("k");
        RouterOf(Many, ArgumentTable.Of((ExchangeArguments.HashHeader, ArgumentValue.FromString("id")))).Match(ref any, matches);
        Assert.Equal(Many.Count, matches.Targets.Count);
        matches.Targets.Clear();
        RouterOf(Many).Match(ref any, matches);
        Assert.Equal(Choices(RouterOf(Many), "k"), matches.Targets);
    }

    private static List<Binding> Many { get; } = [.. Enumerable.Range(0, 8).Select(i => Bind(Destination.Queue($"q{i}"), 1))];

    private static Router RouterOf(IEnumerable<Binding> bindings, ArgumentTable? arguments = null)
    {
        var router = Router.Create("x", new ExchangeDefinition(ExchangeTypes.ConsistentHash, true, false, false, arguments ?? ArgumentTable.Empty));
        foreach (var binding in bindings)
            router.Add(binding);
        return router;
    }

    private static Binding Bind(Destination destination, int weight) => new(destination, $"{weight}", ArgumentTable.Empty);

    private static List<RouteTarget> Choices(Router router, int keys) =>
        [.. Enumerable.Range(0, keys).SelectMany(i => Choices(router, $"key{i}"))];

    private static List<RouteTarget> Choices(Router router, string key)
    {
        var matches = new RouteMatches();
        router.Match(key, matches);
        return matches.Targets;
    }

    private static RouteTarget Choose(Router router, string key, FixedFormat properties)
    {
        var matches = new RouteMatches();
        var message = new RoutedMessage(key, [], properties, [], 0);
        router.Match(ref message, matches);
        return Assert.Single(matches.Targets);
    }
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Exchanges;

/// <summary>The list behind the routers, seen through a fanout.</summary>
public sealed class FanoutRouterTests
{
    [Fact]
    public void It_holds_what_was_added_and_not_removed() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 2], Gen.Bool).Array[0, 200].Sample(changes =>
        {
            var router = new FanoutRouter();
            var bindings = new HashSet<(int Queue, int Key)>();
            foreach (var (queue, key, add) in changes)
            {
                if (add && bindings.Add((queue, key)))
                    router.Add(Bind(queue, key));
                else if (!add && bindings.Remove((queue, key)))
                    router.Remove(Bind(queue, key));
            }

            Assert.Equal(bindings.Select(binding => $"q{binding.Queue}").Distinct().Order(), Match(router).Order());
        });

    [Fact]
    public async Task Readers_see_what_stays_exactly_once_while_the_rest_comes_and_goes()
    {
        var router = new FanoutRouter();
        for (var i = 0; i < 20; i++)
            router.Add(Bind(i, 0));
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var rounds = 0;
            while (!done.IsCancellationRequested || rounds == 0)
            {
                var seen = Match(router).Where(name => name.Length < 4).ToList();
                Assert.Equal(20, seen.Count);
                Assert.Equal(20, seen.Distinct().Count());
                rounds++;
            }

            return rounds;
        });
        for (var round = 0; round < 200; round++)
        {
            for (var i = 1000; i < 1100; i++)
                router.Add(Bind(i, 0));
            for (var i = 1000; i < 1100; i++)
                router.Remove(Bind(i, 0));
        }

        await done.CancelAsync();
        Assert.True(await reader > 0);
    }

    private static List<string> Match(FanoutRouter router)
    {
        var matches = new RouteMatches();
        router.Match(string.Empty, matches);
        return matches.Targets.ConvertAll(target => target.Name);
    }

    private static Binding Bind(int queue, int key) => new(Destination.Queue($"q{queue}"), $"k{key}", ArgumentTable.Empty);
}

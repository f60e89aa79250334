using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Testing;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Exchanges;

public sealed class RoutingTablesTests
{
    private const string VirtualHost = "/";
    private readonly RoutingTables _tables = new();
    private readonly RouteResult _result = new();

    [Fact]
    public void A_virtual_host_that_is_not_loaded_is_named_as_missing()
    {
        Assert.Equal(RouteStatus.Loading, Route(string.Empty, "q"));
        Assert.Equal(VirtualHost, _result.MissingVirtualHost);
        Assert.Equal(RouteStatus.Loading, _tables.VirtualHost(VirtualHost));
        Assert.True(_result.IsCurrent);
        _tables.SetNames(VirtualHost, []);
        Assert.False(_result.IsCurrent);
        Assert.Equal(RouteStatus.Ready, _tables.VirtualHost(VirtualHost));
    }

    [Fact]
    public void The_default_exchange_leads_to_the_queue_of_that_name_as_long_as_there_is_one()
    {
        Names(Destination.Queue("q"));
        Assert.Equal(RouteStatus.Ready, Route(string.Empty, "q"));
        Assert.Equal(["q"], _result.Queues);
        _tables.AddName(VirtualHost, Destination.Queue("other"));
        Assert.True(_result.IsCurrent);
        _tables.RemoveName(VirtualHost, Destination.Queue("q"));
        Assert.False(_result.IsCurrent);
        Assert.Equal(RouteStatus.Ready, Route(string.Empty, "q"));
        Assert.Empty(_result.Queues);
        _tables.AddName(VirtualHost, Destination.Queue("q"));
        Assert.False(_result.IsCurrent);
    }

    [Fact]
    public void An_unknown_exchange_is_not_found_and_a_predeclared_one_has_to_be_loaded()
    {
        Names();
        Assert.Equal(RouteStatus.NotFound, Route("nope", "k"));
        Assert.True(_result.IsCurrent);
        _tables.AddName(VirtualHost, Destination.Exchange("nope"));
        Assert.False(_result.IsCurrent);
        Assert.Equal(RouteStatus.Loading, Route("nope", "k"));
        Assert.Equal(new ExchangeKey(VirtualHost, "nope"), _result.Missing);
        Assert.Equal(RouteStatus.Loading, Route("amq.topic", "k"));
        Assert.Equal(new ExchangeKey(VirtualHost, "amq.topic"), _result.Missing);
    }

    [Fact]
    public void A_result_is_current_until_a_binding_on_its_way_changes()
    {
        Names(Destination.Exchange("e"), Destination.Exchange("other"));
        var binding = new Binding(Destination.Queue("q"), "k", ArgumentTable.Empty);
        Exchange("e", ExchangeTypes.Direct);
        Exchange("other", ExchangeTypes.Direct);
        Assert.Equal(RouteStatus.Ready, Route("e", "k"));
        Assert.Empty(_result.Queues);
        _tables.Bind(Key("other"), binding);
        Assert.True(_result.IsCurrent);
        _tables.Bind(Key("e"), binding);
        Assert.False(_result.IsCurrent);
        Assert.Equal(RouteStatus.Ready, Route("e", "k"));
        Assert.Equal(["q"], _result.Queues);
        _tables.Unbind(Key("e"), binding);
        Assert.False(_result.IsCurrent);
        Route("e", "k");
        Assert.Empty(_result.Queues);
        _tables.DropRoutes(Key("e"));
        Assert.False(_result.IsCurrent);
        Assert.Equal(RouteStatus.Loading, Route("e", "k"));
        Exchange("e", ExchangeTypes.Direct);
        Assert.False(_result.IsCurrent);
    }

    [Fact]
    public void Who_watches_an_exchange_hears_when_messages_to_it_begin_and_cease_to_get_anywhere()
    {
        var heard = new List<bool>();
        _tables.Watch(Key("e"), heard.Add);
        Names(Destination.Exchange("e"), Destination.Exchange("other"));
        var (first, second) = (new Binding(Destination.Queue("q"), "k", ArgumentTable.Empty), new Binding(Destination.Queue("q"), "l", ArgumentTable.Empty));
        Exchange("other", ExchangeTypes.Direct);
        Assert.Empty(heard);
        Exchange("e", ExchangeTypes.Direct);
        _tables.Bind(Key("other"), first);
        _tables.Bind(Key("e"), first);
        _tables.Bind(Key("e"), second);
        _tables.Unbind(Key("e"), first);
        Assert.Equal([false, true], heard);
        _tables.Unbind(Key("e"), second);
        var policy = ArgumentTable.Of((ExchangeArguments.AlternateExchange, ArgumentValue.FromString("other")));
        _tables.SetPolicies(VirtualHost, new VirtualHostPolicies(null, [new Policy("p", false, "^e$", PolicyTarget.Exchanges, 0, policy)]));
        Assert.Equal([false, true, false, true], heard);
        _tables.SetPolicies(VirtualHost, VirtualHostPolicies.Empty);
        _tables.Clear();
        Assert.Equal([false, true, false, true, false, true], heard);
    }

    [Fact]
    public void Only_clients_are_kept_from_an_internal_exchange()
    {
        Names(Destination.Exchange("in"), Destination.Exchange("out"));
        _tables.SetRoutes(Key("in"), Definition(ExchangeTypes.Fanout) with { Internal = true }, [new Binding(Destination.Queue("q"), string.Empty, ArgumentTable.Empty)]);
        Exchange("out", ExchangeTypes.Fanout, new Binding(Destination.Exchange("in"), string.Empty, ArgumentTable.Empty));
        Assert.Equal(RouteStatus.Internal, Route("in", "k"));
        Assert.Equal(RouteStatus.Ready, Route("out", "k"));
        Assert.Equal(["q"], _result.Queues);
    }

    [Fact]
    public void What_no_binding_takes_goes_to_the_alternate_exchange()
    {
        Names(Destination.Exchange("e"), Destination.Exchange("alternate"));
        _tables.SetRoutes(Key("e"), WithAlternate("alternate"), [new Binding(Destination.Queue("q"), "k", ArgumentTable.Empty)]);
        Assert.Equal(RouteStatus.Ready, Route("e", "k"));
        Assert.Equal(["q"], _result.Queues);
        Assert.Equal(RouteStatus.Loading, Route("e", "other"));
        Assert.Equal(Key("alternate"), _result.Missing);
        Exchange("alternate", ExchangeTypes.Headers, new Binding(Destination.Queue("rest"), string.Empty, ArgumentTable.Empty));
        Assert.Equal(RouteStatus.Ready, Route("e", "other"));
        Assert.Equal(["rest"], _result.Queues);
        Assert.True(_result.IsPerMessage);
        _tables.RemoveName(VirtualHost, Destination.Exchange("alternate"));
        Assert.False(_result.IsCurrent);
        Assert.Equal(RouteStatus.Ready, Route("e", "other"));
        Assert.Empty(_result.Queues);
    }

    [Fact]
    public void Ready_for_any_headers_means_that_nothing_has_to_be_loaded_for_any_message()
    {
        Names(Destination.Exchange("h"), Destination.Exchange("next"), Destination.Exchange("alternate"));
        var binding = new Binding(Destination.Exchange("next"), string.Empty, ArgumentTable.Of(("a", ArgumentValue.FromInt32(1))));
        _tables.SetRoutes(Key("h"), WithAlternate("alternate") with { Type = ExchangeTypes.Headers }, [binding]);
        Assert.Equal(RouteStatus.Loading, _tables.RouteAny(Key("h"), "k", _result));
        Exchange("alternate", ExchangeTypes.Fanout);
        Assert.Equal(RouteStatus.Loading, _tables.RouteAny(Key("h"), "k", _result));
        Assert.Equal(Key("next"), _result.Missing);
        Exchange("next", ExchangeTypes.Fanout, new Binding(Destination.Queue("q"), string.Empty, ArgumentTable.Empty));
        Assert.Equal(RouteStatus.Ready, _tables.RouteAny(Key("h"), "k", _result));
        Assert.True(_result.IsPerMessage);
        Assert.Equal(RouteStatus.Ready, Route("h", "k"));
        Assert.Empty(_result.Queues);
    }

    [Fact]
    public void Alternate_exchanges_in_a_circle_end()
    {
        Names(Destination.Exchange("a"), Destination.Exchange("b"));
        _tables.SetRoutes(Key("a"), WithAlternate("b"), []);
        _tables.SetRoutes(Key("b"), WithAlternate("a"), []);
        Assert.Equal(RouteStatus.Ready, Route("a", "k"));
        Assert.Empty(_result.Queues);
    }

    [Fact]
    public void Names_that_a_new_snapshot_lacks_are_gone_with_their_routes()
    {
        Names(Destination.Exchange("e"), Destination.Queue("q"));
        Exchange("e", ExchangeTypes.Fanout);
        Route("e", "k");
        Names();
        Assert.False(_result.IsCurrent);
        Assert.Equal(RouteStatus.NotFound, Route("e", "k"));
        Route(string.Empty, "q");
        Assert.Empty(_result.Queues);
    }

    [Fact]
    public void Names_that_may_be_out_of_date_are_not_routed_by()
    {
        Names(Destination.Queue("q"), Destination.Exchange("e"));
        Exchange("e", ExchangeTypes.Fanout);
        Route("e", "k");
        _tables.UnloadNames(VirtualHost);
        Assert.False(_result.IsCurrent);
        Assert.Equal(RouteStatus.Loading, Route(string.Empty, "q"));
        Names(Destination.Queue("q"), Destination.Exchange("e"));
        Assert.Equal(RouteStatus.Ready, Route("e", "k"));
    }

    [Fact]
    public void Any_graph_of_exchanges_leads_where_its_naive_closure_leads() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, 5], Gen.Bool, Gen.Int[0, 7], Gen.Int[0, 1]).Array[0, 25],
            Gen.Int[-1, 6].Array[6]).Sample((edges, alternates) =>
        {
            var tables = new RoutingTables();
            tables.SetNames(VirtualHost, Enumerable.Range(0, 6).Select(i => Destination.Exchange($"e{i}")));
            var bindings = edges.Select(edge => (From: edge.Item1, Binding: BindingOf(edge.Item2, edge.Item3, edge.Item4))).Distinct().ToList();
            for (var i = 0; i < 6; i++)
            {
                var definition = alternates[i] < 0 ? Definition(ExchangeTypes.Direct) : WithAlternate($"e{alternates[i]}");
                tables.SetRoutes(Key($"e{i}"), definition, bindings.Where(edge => edge.From == i).Select(edge => edge.Binding));
            }

            var result = new RouteResult();
            Assert.Equal(RouteStatus.Ready, tables.Route(Key("e0"), "k0", result));
            Assert.Equal(NaiveClosure(bindings, alternates).Order(), result.Queues.Order());
        });

    [Fact]
    public void A_warm_result_costs_no_allocation()
    {
        Names(Destination.Exchange("a"), Destination.Exchange("b"));
        Exchange("a", ExchangeTypes.Topic, new Binding(Destination.Exchange("b"), "#.x", ArgumentTable.Empty));
        Exchange("b", ExchangeTypes.Fanout, [.. Enumerable.Range(0, 20).Select(i => new Binding(Destination.Queue($"q{i}"), string.Empty, ArgumentTable.Empty))]);
        Route("a", "k.x");
        Assert.Equal(0, Allocation.Of(() => Route("a", "k.x")));
        Assert.Equal(20, _result.Queues.Count);
    }

    [Fact]
    public async Task A_result_that_stays_current_is_what_routing_would_give()
    {
        Names(Destination.Exchange("e"));
        Exchange("e", ExchangeTypes.Direct);
        var published = 0;
        using var done = new CancellationTokenSource();

        // The binding's number says which change it was; what a reader caches must not be older than its own look.
        var reader = Task.Run(() =>
        {
            var result = new RouteResult();
            var checks = 0;
            while (!done.IsCancellationRequested || checks == 0)
            {
                if (!result.IsCurrent)
                    _tables.Route(Key("e"), "k", result);
                var least = Volatile.Read(ref published);
                if (result.IsCurrent && result.Queues.Count == 1)
                    Assert.True(int.Parse(result.Queues[0], provider: null) >= least - 1);
                checks++;
            }

            return checks;
        });
        for (var i = 1; i < 20_000; i++)
        {
            _tables.Bind(Key("e"), new Binding(Destination.Queue($"{i}"), "k", ArgumentTable.Empty));
            _tables.Unbind(Key("e"), new Binding(Destination.Queue($"{i - 1}"), "k", ArgumentTable.Empty));
            Volatile.Write(ref published, i);
        }

        await done.CancelAsync();
        Assert.True(await reader > 0);
    }

    private static Binding BindingOf(bool toQueue, int to, int key) =>
        new(toQueue ? Destination.Queue($"q{to}") : Destination.Exchange($"e{to}"), $"k{key}", ArgumentTable.Empty);

    private static HashSet<string> NaiveClosure(List<(int From, Binding Binding)> bindings, int[] alternates)
    {
        var queues = new HashSet<string>();
        var visited = new HashSet<string>();
        var work = new Stack<string>(["e0"]);
        while (work.TryPop(out var exchange))
        {
            // Of the eight exchanges that bindings name, six are there.
            if (exchange is "e6" or "e7" || !visited.Add(exchange))
                continue;
            var index = exchange[1] - '0';
            var matched = bindings.Where(edge => edge.From == index && edge.Binding.RoutingKey == "k0").Select(edge => edge.Binding.Destination).ToList();
            if (matched.Count == 0 && alternates[index] >= 0)
                work.Push($"e{alternates[index]}");
            foreach (var (kind, name) in matched)
            {
                if (kind == DestinationKind.Queue)
                    queues.Add(name);
                else
                    work.Push(name);
            }
        }

        return queues;
    }

    private static ExchangeKey Key(string name) => new(VirtualHost, name);

    private static ExchangeDefinition Definition(string type) => new(type, Durable: true, AutoDelete: false, Internal: false, ArgumentTable.Empty);

    private static ExchangeDefinition WithAlternate(string name) => Definition(ExchangeTypes.Direct) with
    {
        Arguments = ArgumentTable.Of((ExchangeArguments.AlternateExchange, ArgumentValue.FromString(name))),
    };

    private void Names(params Destination[] names) => _tables.SetNames(VirtualHost, names);

    private void Exchange(string name, string type, params Binding[] bindings) => _tables.SetRoutes(Key(name), Definition(type), bindings);

    private RouteStatus Route(string exchange, string key) => _tables.Route(Key(exchange), key, _result);
}

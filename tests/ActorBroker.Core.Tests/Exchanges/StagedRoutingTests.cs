using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Exchanges;

public sealed class StagedRoutingTests
{
    private static readonly ExchangeKey Key = new("/", "e");

    private readonly RoutingTables _tables = new();
    private readonly RouteResult _result = new() { IsOfBroker = true };

    public StagedRoutingTests() => _tables.SetNames("/", [Destination.Exchange("e"), Destination.Exchange("outer")]);

    [Fact]
    public void A_delayed_message_goes_to_the_stage_and_any_other_to_the_bound_queues()
    {
        Declare(ExchangeTypes.Delayed);
        Assert.Equal(["amq.stage.e"], Queues("k", ArgumentValue.FromInt32(1)));
        Assert.Equal(["q"], Queues("k", ArgumentValue.FromInt32(-1)));
        Assert.Equal(["q"], Queues("k", ArgumentValue.FromInt32(0)));
        Assert.Equal(["q"], Queues("k", null));
        Assert.Equal([], Queues("other", null));
        Assert.Equal(["amq.stage.e"], Queues("other", ArgumentValue.FromInt64(1L << 40)));
        Assert.True(_result.IsPerMessage);
    }

    [Fact]
    public void All_that_goes_to_an_exchange_without_duplicates_goes_to_the_stage_first()
    {
        Declare(ExchangeTypes.Deduplication);
        Assert.Equal(["amq.stage.e"], Queues("k", null));
        Assert.False(_result.IsPerMessage);
        Assert.Equal(RouteStatus.Ready, _tables.RouteAny(Key, "k", _result));
        Assert.Equal(["amq.stage.e"], _result.Queues);
    }

    [Fact]
    public void A_history_gets_its_copy_beside_the_bound_queues_and_is_no_route()
    {
        _tables.AddName("/", Destination.Exchange("alternate"));
        _tables.SetRoutes(
            new ExchangeKey("/", "alternate"), new ExchangeDefinition(ExchangeTypes.Fanout, true, false, false, ArgumentTable.Empty),
            [new Binding(Destination.Queue("elsewhere"), string.Empty, ArgumentTable.Empty)]);
        var history = new ExchangeDefinition(
            ExchangeTypes.RecentHistory, true, false, false, ArgumentTable.Of(("alternate-exchange", ArgumentValue.FromString("alternate"))));
        _tables.SetRoutes(Key, history, []);
        Assert.Equal(["elsewhere"], Queues("k", null));
        Assert.Equal(["amq.stage.e"], _result.Histories);
        _tables.Bind(Key, new Binding(Destination.Queue("q"), "other", ArgumentTable.Empty));
        Assert.Equal(["q"], Queues("k", null));
        Assert.Equal(["amq.stage.e"], _result.Histories);
        Assert.True(_result.IsPerMessage);
        Assert.Equal(RouteStatus.Ready, _tables.RouteAny(Key, "k", _result));
        Assert.Equal(["q", "elsewhere"], _result.Queues.OrderDescending());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    [InlineData("true", 1)]
    [InlineData(1, 1)]
    public void A_message_that_says_so_is_not_remembered(object noStore, int copies)
    {
        var value = noStore switch
        {
            bool flag => ArgumentValue.FromBoolean(flag),
            string text => ArgumentValue.FromString(text),
            var number => ArgumentValue.FromInt32((int)number),
        };
        Declare(ExchangeTypes.RecentHistory);
        var message = new RoutedMessage("k", ArgumentTable.Of((Stage.NoStoreHeader, value)));
        Assert.Equal(RouteStatus.Ready, _tables.Route(Key, ref message, _result));
        Assert.Equal(copies, _result.Histories.Count);
        Assert.Equal(["q"], _result.Queues);
    }

    [Fact]
    public void A_way_that_would_lead_back_is_not_followed()
    {
        Declare(ExchangeTypes.RecentHistory);
        _tables.SetRoutes(
            new ExchangeKey("/", "outer"), new ExchangeDefinition(ExchangeTypes.Fanout, true, false, false, ArgumentTable.Empty),
            [new Binding(Destination.Exchange("e"), string.Empty, ArgumentTable.Empty), new Binding(Destination.Queue("o"), string.Empty, ArgumentTable.Empty)]);
        Assert.Equal(["o", "q"], Queues("k", null, "outer").Order());
        _result.AvoidedExchange = "e";
        Assert.Equal(["o"], Queues("k", null, "outer"));
        Assert.Empty(_result.Histories);
    }

    [Theory]
    [InlineData(ExchangeTypes.Delayed)]
    [InlineData(ExchangeTypes.Deduplication)]
    public void What_comes_from_the_stage_goes_to_the_bound_queues(string type)
    {
        Declare(type);
        _result.UnstagedExchange = "e";
        Assert.Equal(["q"], Queues("k", ArgumentValue.FromInt32(1)));
        _result.UnstagedExchange = "other";
        Assert.Equal(["amq.stage.e"], Queues("k", ArgumentValue.FromInt32(1)));
    }

    [Fact]
    public void Messages_wait_at_an_exchange_that_another_leads_to_as_well()
    {
        Declare(ExchangeTypes.Delayed);
        _tables.SetRoutes(
            new ExchangeKey("/", "outer"), new ExchangeDefinition(ExchangeTypes.Fanout, true, false, false, ArgumentTable.Empty),
            [new Binding(Destination.Exchange("e"), string.Empty, ArgumentTable.Empty)]);
        Assert.Equal(["amq.stage.e"], Queues("k", ArgumentValue.FromInt32(1), "outer"));
        Assert.Equal(["q"], Queues("k", null, "outer"));
    }

    [Fact]
    public void The_default_exchange_leads_to_no_stage()
    {
        _tables.SetNames("/", [Destination.Queue(Stage.NameOf("e")), Destination.Queue("q")]);
        Assert.Equal([], Queues(Stage.NameOf("e"), null, string.Empty));
        Assert.Equal(["q"], Queues("q", null, string.Empty));
    }

    [Fact]
    public void The_stage_knows_from_its_arguments_what_it_is()
    {
        var delayed = Definition(ExchangeTypes.Delayed);
        var settings = StageDefinition.SettingsOf(StageDefinition.Of("e", delayed, StageKind.Delay).Arguments)!;
        Assert.Equal(new Stage("e", StageKind.Delay), settings.Stage);
        Assert.Equal(("e", DeadLetterStrategy.AtLeastOnce), (settings.DeadLetterExchange, settings.DeadLetterStrategy));
        Assert.Null(settings.Deduplication);
        var unique = Definition(ExchangeTypes.Deduplication) with
        {
            Durable = false,
            Arguments = ArgumentTable.Of(("x-cache-size", ArgumentValue.FromString("100")), ("x-cache-ttl", ArgumentValue.FromInt32(5))),
        };
        var queue = StageDefinition.Of("e", unique, StageKind.Deduplication);
        Assert.False(queue.Durable);
        settings = StageDefinition.SettingsOf(queue.Arguments)!;
        Assert.Equal(new Deduplication("x-deduplication-header", 100, 5), settings.Deduplication);
        var remembering = new ExchangeDefinition(ExchangeTypes.RecentHistory, true, false, false, ArgumentTable.Of(("x-recent-history-length", ArgumentValue.FromInt64(7))));
        settings = StageDefinition.SettingsOf(StageDefinition.Of("e", remembering, StageKind.History).Arguments)!;
        Assert.Equal((new Stage("e", StageKind.History), 7L, null), (settings.Stage, settings.MaxLength, settings.DeadLetterExchange));
        settings = StageDefinition.SettingsOf(StageDefinition.Of("e", Definition(ExchangeTypes.RecentHistory), StageKind.History).Arguments)!;
        Assert.Equal(20, settings.MaxLength);
        Assert.Null(StageDefinition.SettingsOf(ArgumentTable.Empty));
        Assert.Null(StageDefinition.KindOf(Definition(ExchangeTypes.Topic)));
    }

    private static ExchangeDefinition Definition(string type) => new(
        type, true, false, false, ArgumentTable.Of((ExchangeArguments.DelayedType, ArgumentValue.FromString(ExchangeTypes.Direct))));

    private void Declare(string type) =>
        _tables.SetRoutes(Key, Definition(type), [new Binding(Destination.Queue("q"), "k", ArgumentTable.Empty)]);

    private List<string> Queues(string routingKey, ArgumentValue? delay, string exchange = "e")
    {
        var message = new RoutedMessage(routingKey, delay is { } value ? ArgumentTable.Of(("x-delay", value)) : ArgumentTable.Empty);
        Assert.Equal(RouteStatus.Ready, _tables.Route(new ExchangeKey("/", exchange), ref message, _result));
        return _result.Queues;
    }
}

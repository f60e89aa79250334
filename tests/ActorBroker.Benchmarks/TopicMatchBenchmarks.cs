using System.Globalization;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using BenchmarkDotNet.Attributes;

namespace ActorBroker.Benchmarks;

/// <summary>Finding the queues of a routing key among many patterns: a tenth of them with <c>*</c>, a hundredth with <c>#</c>.</summary>
[MemoryDiagnoser]
public class TopicMatchBenchmarks
{
    private readonly RouteMatches _matches = new();
    private Router _router = null!;

    [Params(10, 1_000, 100_000)]
    public int Bindings { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _router = Router.Create("x", new ExchangeDefinition(ExchangeTypes.Topic, true, false, false, ArgumentTable.Empty));
        for (var index = 0; index < Bindings; index++)
            _router.Add(new Binding(new Destination(DestinationKind.Queue, Text($"q{index}")), Pattern(index), ArgumentTable.Empty));
    }

    [Benchmark]
    public int OneQueueMatches() => Match("region3.site3.sensor3.temperature");

    [Benchmark]
    public int NoQueueMatches() => Match("elsewhere.site3.sensor3.humidity");

    private static string Pattern(int index) => (index % 100) switch
    {
        99 => Text($"region{index}.#.alarm"),
        >= 90 => Text($"region{index}.*.sensor{index}.temperature"),
        _ => Text($"region{index}.site{index}.sensor{index}.temperature"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private int Match(string routingKey)
    {
        _matches.Targets.Clear();
        var message = new RoutedMessage(routingKey, ArgumentTable.Empty);
        _router.Match(ref message, _matches);
        return _matches.Targets.Count;
    }
}

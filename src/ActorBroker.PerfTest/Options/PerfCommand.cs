using System.CommandLine;
using System.Globalization;
using ActorBroker.PerfTest.Checking;

namespace ActorBroker.PerfTest.Options;

/// <summary>The command line: its options, and their way into <see cref="PerfOptions"/>.</summary>
internal sealed class PerfCommand
{
    /// <summary>The largest body that brokers take (RabbitMQ's default max_message_size).</summary>
    private const int SizeMax = 128 << 20;

    private const string Description = "Publishes to and consumes from an AMQP 0-9-1 broker as fast as it can, or at a rate, and measures.";

    private readonly Option<string?> _uri = new("--uri") { Description = "amqp://user:password@host:port/vhost" };
    private readonly Option<string?> _host = new("--host") { Description = "Host of the broker [localhost]" };
    private readonly Option<int?> _port = new("--port") { Description = "Port of the broker [5672]" };
    private readonly Option<string?> _user = new("--user") { Description = "User [guest]" };
    private readonly Option<string?> _password = new("--password") { Description = "Password [guest]" };
    private readonly Option<string?> _virtualHost = new("--vhost") { Description = "Virtual host [/]" };
    private readonly Option<int> _producers = Number("--producers", "Producers, a connection each", 1);
    private readonly Option<int> _consumers = Number("--consumers", "Consumers, a connection each", 1);
    private readonly Option<string> _queue = Text("--queue", "Queue, or pattern of the queues' names: {0} or %d stands for 1, 2, ...", "perf-test");
    private readonly Option<int> _queues = Number("--queues", "Number of queues; producers and consumers are spread over them", 1);
    private readonly Option<string> _exchange = Text("--exchange", "Exchange to declare, bind the queues to and publish to; the default exchange if left out", "");
    private readonly Option<string> _type = Text("--type", "Type of the exchange", "direct");
    private readonly Option<string?> _routingKey = new("--routing-key") { Description = "Routing and binding key [the queue's name]" };
    private readonly Option<int> _keys = Number("--keys", "Routing keys that the messages of each producer have in turn: --routing-key and a number; they lead to the queues in turn", 1);
    private readonly Option<int> _bindings = Number("--bindings", "More bindings, which no message matches, to the queues in turn", 0);
    private readonly Option<int> _size = Number("--size", "Bytes of each body; from 8 on sequences are checked, from 16 on latency is measured", 16);
    private readonly Option<double> _rate = new("--rate") { Description = "Messages per second of each producer, paced in steps of a millisecond; 0 is unlimited", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _confirm = Number("--confirm", "Publisher confirms in flight for each producer; 0 is none", 0);
    private readonly Option<int> _prefetch = Number("--prefetch", "Prefetch of each consumer; 0 is unlimited", 0);
    private readonly Option<int> _ackEvery = Number("--ack-every", "Acknowledge so many messages at a time", 1);
    private readonly Option<bool> _autoAck = new("--autoack") { Description = "Consume without acknowledgements" };
    private readonly Option<bool> _persistent = new("--persistent") { Description = "Persistent messages" };
    private readonly Option<bool?> _durable = new("--durable") { Description = "Durable queues [as --persistent]" };
    private readonly Option<double?> _duration = new("--duration", "-z") { Description = "Seconds to measure [10, if there is no --count]" };
    private readonly Option<long?> _count = new("--count") { Description = "Messages that all producers together publish, instead of a duration" };
    private readonly Option<double> _warmup = new("--warmup") { Description = "Seconds before measuring begins", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _patience = new("--patience") { Description = "Seconds without a delivery after which missing messages are lost", DefaultValueFactory = _ => 5 };
    private readonly Option<bool> _fillOnly = new("--fill-only") { Description = "Publish only; the queues stay" };
    private readonly Option<bool> _drainOnly = new("--drain-only") { Description = "Consume only, until the queues are empty" };
    private readonly Option<bool> _keep = new("--keep") { Description = "Keep the queues and the exchange that the run created" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the summary as one line of JSON, and nothing else" };

    private PerfCommand(Command command)
    {
        Command = command;
        foreach (var option in (Option[])[
            _uri, _host, _port, _user, _password, _virtualHost,
            _producers, _consumers, _queue, _queues, _exchange, _type, _routingKey, _keys, _bindings,
            _size, _rate, _confirm, _prefetch, _ackEvery, _autoAck, _persistent, _durable,
            _duration, _count, _warmup, _patience, _fillOnly, _drainOnly, _keep, _json,
        ])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What the options are those of.</summary>
    public Command Command { get; }

    /// <summary>The tool by itself.</summary>
    public static PerfCommand Alone() => new(new RootCommand(Description));

    /// <summary>The tool as a command of another.</summary>
    public static PerfCommand Named(string name) => new(new Command(name, Description));

    /// <exception cref="FormatException">Which option is wrong, in one line.</exception>
    public PerfOptions Read(ParseResult line)
    {
        var fillOnly = line.GetValue(_fillOnly);
        var drainOnly = line.GetValue(_drainOnly);
        Require(!fillOnly || !drainOnly, "--fill-only and --drain-only exclude each other");
        var duration = line.GetValue(_duration);
        var count = line.GetValue(_count);
        Require(duration is null || count is null, "--duration and --count exclude each other");
        Require(!drainOnly || duration is null, "--drain-only ends when the queues are empty or at --count, not by --duration");
        Require(duration is null or > 0, "--duration must be above 0");
        Require(count is null or > 0, "--count must be above 0");
        Require(count is null || line.GetValue(_warmup) == 0, "--warmup needs --duration");
        Require(line.GetValue(_rate) >= 0 && line.GetValue(_warmup) >= 0 && line.GetValue(_patience) >= 0, "--rate, --warmup and --patience must not be below 0");
        var persistent = line.GetValue(_persistent);
        var queues = QueueNames(line.GetValue(_queue)!, Between(line, _queues, 1, 100_000));
        var options = new PerfOptions
        {
            Endpoint = ReadEndpoint(line),
            Producers = drainOnly ? 0 : Between(line, _producers, 0, MessageStamp.ProducerMax + 1),
            Consumers = fillOnly ? 0 : Between(line, _consumers, 0, 10_000),
            Queues = queues,
            Exchange = line.GetValue(_exchange)!,
            ExchangeType = line.GetValue(_type)!,
            RoutingKey = line.GetValue(_routingKey),
            Keys = ReadKeys(line, queues.Length),
            Bindings = Between(line, _bindings, 0, KeyRotation.CountMax),
            Size = Between(line, _size, 0, SizeMax),
            Rate = line.GetValue(_rate),
            Confirm = Between(line, _confirm, 0, 1 << 20),
            Prefetch = Between(line, _prefetch, 0, ushort.MaxValue),
            AckEvery = Between(line, _ackEvery, 1, 1 << 20),
            AutoAck = line.GetValue(_autoAck),
            Persistent = persistent,
            Durable = line.GetValue(_durable) ?? persistent,
            Duration = count is null && !drainOnly ? TimeSpan.FromSeconds(duration ?? 10) : null,
            Count = count,
            Warmup = TimeSpan.FromSeconds(line.GetValue(_warmup)),
            Patience = TimeSpan.FromSeconds(line.GetValue(_patience)),
            Keep = line.GetValue(_keep) || fillOnly,
            DrainOnly = drainOnly,
            Json = line.GetValue(_json),
        };
        Require(options.Producers + options.Consumers > 0, "there must be a producer or a consumer");
        Require(options.Prefetch == 0 || options.AckEvery <= options.Prefetch, "--ack-every above --prefetch would wait for ever");
        Require(options.Exchange.Length > 0 || options is { RoutingKey: null, Keys: null, Bindings: 0 }, "--routing-key, --keys and --bindings need --exchange");
        return options;
    }

    private KeyRotation? ReadKeys(ParseResult line, int queues)
    {
        var keys = Between(line, _keys, 1, KeyRotation.CountMax);
        Require(keys == 1 || keys % queues == 0, "--keys must be a multiple of --queues");
        Require(keys == 1 || line.GetValue(_type) is "direct" or "topic", "--keys needs --type direct or topic");
        return keys == 1 ? null : new KeyRotation(line.GetValue(_routingKey) ?? "key.", keys, queues);
    }

    private Endpoint ReadEndpoint(ParseResult line)
    {
        var endpoint = line.GetValue(_uri) is { } uri ? Endpoint.Parse(uri) : Endpoint.Default;
        endpoint = new Endpoint(
            line.GetValue(_host) ?? endpoint.Host, line.GetValue(_port) ?? endpoint.Port,
            line.GetValue(_user) ?? endpoint.User, line.GetValue(_password) ?? endpoint.Password,
            line.GetValue(_virtualHost) ?? endpoint.VirtualHost);
        Require(endpoint.Port is > 0 and <= ushort.MaxValue, $"--port must be between 1 and {ushort.MaxValue}");
        return endpoint;
    }

    private static string[] QueueNames(string pattern, int count)
    {
        var hasPlace = pattern.Contains("{0}", StringComparison.Ordinal) || pattern.Contains("%d", StringComparison.Ordinal);
        if (count == 1 && !hasPlace)
            return [pattern];
        var place = hasPlace ? pattern.Replace("%d", "{0}", StringComparison.Ordinal) : pattern + "-{0}";
        return [.. Enumerable.Range(1, count).Select(number =>
            place.Replace("{0}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))];
    }

    private static int Between(ParseResult line, Option<int> option, int min, int max)
    {
        var value = line.GetValue(option);
        Require(value >= min && value <= max, $"{option.Name} must be between {min} and {max}, not {value}");
        return value;
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new FormatException(otherwise);
    }

    private static Option<int> Number(string name, string description, int byDefault) =>
        new(name) { Description = description, DefaultValueFactory = _ => byDefault };

    private static Option<string> Text(string name, string description, string byDefault) =>
        new(name) { Description = description, DefaultValueFactory = _ => byDefault };
}

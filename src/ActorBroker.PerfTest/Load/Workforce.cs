using System.Diagnostics;
using ActorBroker.PerfTest.Checking;
using ActorBroker.PerfTest.Options;
using ActorBroker.PerfTest.Reporting;

namespace ActorBroker.PerfTest.Load;

/// <summary>The producers and consumers of a run with their threads: starts them, adds up what they did, and ends them.</summary>
internal sealed class Workforce : IDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);

    private readonly PerfOptions _options;
    private readonly FirstFailure _failure;
    private readonly CancellationTokenSource _stopPublishing;
    private readonly List<Consumer> _consumers = [];
    private readonly List<Producer> _producers = [];
    private readonly List<Worker> _readers = [];
    private readonly List<Worker> _writers = [];

    public Workforce(PerfOptions options, FirstFailure failure)
    {
        _options = options;
        _failure = failure;
        _stopPublishing = CancellationTokenSource.CreateLinkedTokenSource(failure.Stop);
    }

    public IReadOnlyList<Producer> Producers => _producers;

    /// <summary>No producer will publish any more, and all that they published is settled.</summary>
    public bool IsPublishingOver => _writers.TrueForAll(writer => writer.Join(TimeSpan.Zero)) && _producers.TrueForAll(producer => producer.IsSettled);

    /// <summary>When the last delivery came; 0 if none did.</summary>
    public long LastDeliveryAt => _consumers.Count == 0 ? 0 : _consumers.Max(consumer => consumer.LastAt);

    public void Hire(int run, DeliveryCheck check, LatencyRecorder latencies, LatencyRecorder confirmLatencies)
    {
        for (var index = 0; index < _options.Consumers; index++)
            _consumers.Add(new Consumer(_options, index, run, check, latencies));
        for (var index = 0; index < _options.Producers; index++)
            _producers.Add(new Producer(_options, index, run, ShareOf(index), confirmLatencies));
    }

    /// <summary>Consumers first: no message is published before all of them are there.</summary>
    public void Start()
    {
        foreach (var consumer in _consumers)
        {
            consumer.Subscribe();
            _readers.Add(Worker.Start("consumer", consumer.Consume, _failure));
        }

        foreach (var consumer in _consumers)
            consumer.WaitUntilSubscribed(_failure.Stop);

        foreach (var producer in _producers)
        {
            _readers.Add(Worker.Start("confirms", producer.ReadAnswers, _failure));
            _writers.Add(Worker.Start("producer", () => producer.Publish(_stopPublishing.Token), _failure));
        }
    }

    public void StopPublishing() => _stopPublishing.Cancel();

    public Totals Totals()
    {
        var totals = new Totals { At = Stopwatch.GetTimestamp() };
        foreach (var producer in _producers)
        {
            totals = totals with
            {
                Published = totals.Published + producer.Published,
                Confirmed = totals.Confirmed + producer.Confirmed,
                Rejected = totals.Rejected + producer.Rejected,
            };
        }

        foreach (var consumer in _consumers)
            totals = totals with { Consumed = totals.Consumed + consumer.Consumed };
        return totals;
    }

    /// <summary>Acknowledges what is left, closes the connections in order, and waits a while for the broker to agree.</summary>
    public void Close()
    {
        foreach (var consumer in _consumers)
            Try(consumer.SendCancel);
        foreach (var producer in _producers)
            Try(producer.Connection.SendClose);
        var start = Stopwatch.GetTimestamp();
        foreach (var reader in _readers)
        {
            var left = CloseTimeout - Stopwatch.GetElapsedTime(start);
            reader.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    public void Dispose()
    {
        _stopPublishing.Cancel();
        foreach (var consumer in _consumers)
            consumer.Connection.Dispose();
        foreach (var producer in _producers)
            producer.Connection.Dispose();
        foreach (var thread in _readers.Concat(_writers))
            thread.Join(CloseTimeout);
        _stopPublishing.Dispose();
    }

    private static void Try(Action farewell)
    {
        try
        {
            farewell();
        }
        catch (LoadException)
        {
            // A connection that is gone needs no farewell.
        }
    }

    // Of a given number of messages, which all producers publish together.
    private long ShareOf(int producer) => _options.Count is { } count
        ? (count / _options.Producers) + (producer < count % _options.Producers ? 1 : 0)
        : MessageStamp.SequenceMax;
}

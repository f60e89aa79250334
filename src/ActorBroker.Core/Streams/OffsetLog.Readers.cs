using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Log;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.Streams;

/// <content>Readers come, get credit, and go.</content>
internal sealed partial class OffsetLog
{
    private readonly Dictionary<ConsumerKey, OffsetReader> _readers = [];
    private readonly PositionSet _settled = new();

    // Started, but not told so yet.
    private readonly List<OffsetReader> _starting = [];

    /// <summary>Messages that readers have and have not settled.</summary>
    public long UnsettledCount { get; private set; }

    /// <summary>Readers that were not cancelled.</summary>
    public int ReaderCount { get; private set; }

    /// <summary>The readers that were not cancelled.</summary>
    public IEnumerable<ConsumerKey> Readers => _readers.Values.Where(static reader => !reader.IsStopped).Select(static reader => reader.Key);

    /// <summary>What the log takes up; messages with their properties.</summary>
    public QueueSizes MeasureSizes()
    {
        var (inMemory, lag) = (0L, 0L);
        foreach (var segment in _segments.All)
        {
            inMemory += segment.Residency == SegmentResidency.Resident ? segment.Count : 0;
        }

        foreach (var reader in _readers.Values.Where(static reader => !reader.IsStopped))
        {
            lag = Math.Max(lag, End - Math.Max(reader.Cursor, First));
        }

        var bytes = SizeBytes - (MessageRecord.HeaderSize * Count);
        return new QueueSizes
        {
            ReadyBytes = bytes,
            ReadyInMemory = inMemory,
            BytesInMemory = Math.Max(0, ResidentBytes - (MessageRecord.HeaderSize * inMemory)),
            Persistent = Count,
            PersistentBytes = bytes,
            Segments = _segments.All.Count,
            OffsetLag = lag,
        };
    }

    /// <summary>Adds a reader, or says why not. <see cref="Dispatch"/> must follow when it has been told.</summary>
    public Refusal? Start(ConsumerKey key, ConsumerSettings settings, string logText)
    {
        if (settings.PrefetchCount == 0)
        {
            return new Refusal(RefusalReason.PreconditionFailed, $"consumer prefetch count is not set for {logText}");
        }

        if (settings.NoAck)
        {
            return new Refusal(RefusalReason.NotImplemented, $"automatic acknowledgement not supported by {logText}");
        }

        if (_readers.ContainsKey(key))
        {
            return new Refusal(RefusalReason.NotAllowed, $"consumer {key.ConsumerId} exists already on {logText}");
        }

        var arguments = ConsumerArguments.Of(settings.Arguments);
        var reader = new OffsetReader(key, settings, StreamFilter.Of(arguments, _formats));
        Place(reader, arguments.Offset);
        _readers.Add(key, reader);
        _starting.Add(reader);
        ReaderCount++;
        return null;
    }

    /// <summary>Where a reader goes on; null where that still has to be found.</summary>
    public long? NextOffsetOf(ConsumerKey key) =>
        _readers.TryGetValue(key, out var reader) && (reader.NotBefore is null || reader.IsAtEnd) ? reader.Cursor : null;

    /// <summary>Starts deliveries to readers that have been told that they started.</summary>
    public void Dispatch()
    {
        foreach (var reader in _starting)
        {
            Serve(reader);
        }

        _starting.Clear();
        BoundMemory();
    }

    /// <summary>Delivers no more to the reader; it may still settle what it has.</summary>
    public void Stop(ConsumerKey key)
    {
        if (_readers.TryGetValue(key, out var reader))
        {
            Stop(reader);
        }
    }

    /// <summary>Forgets a reader.</summary>
    public void Close(ConsumerKey key)
    {
        if (_readers.Remove(key, out var reader))
        {
            Stop(reader);
            UnsettledCount -= reader.Unsettled.Count;
        }
    }

    /// <summary>A connection is gone: its readers end.</summary>
    public void ConnectionClosed(int connection)
    {
        foreach (var key in _readers.Keys.Where(key => key.Connection == connection).ToArray())
        {
            Close(key);
        }
    }

    /// <summary>Holds a reader back or lets it go on.</summary>
    public void SetActive(ConsumerKey key, bool active)
    {
        if (_readers.TryGetValue(key, out var reader))
        {
            reader.IsActive = active;
            Resume(reader);
        }
    }

    /// <summary>Bytes of deliveries have left for the client.</summary>
    public void GrantCredit(ConsumerKey key, int bytes)
    {
        if (_readers.TryGetValue(key, out var reader))
        {
            reader.WindowBytes += bytes;
            Resume(reader);
        }
    }

    /// <summary>
    /// Every outcome gives room for as many messages more, and no message comes again, but those that never reached the
    /// client.
    /// </summary>
    public void Settle(ConsumerKey key, SettleOutcome outcome, PositionRange positions)
    {
        if (!_readers.TryGetValue(key, out var reader))
        {
            return;
        }

        _settled.Clear();
        var settled = reader.Unsettled.Remove(positions, _settled);
        UnsettledCount -= settled;
        Counters?.Acknowledged += outcome == SettleOutcome.Accepted ? settled : 0;
        if (outcome == SettleOutcome.Released)
        {
            reader.Returned.AddAll(_settled);
            EndWait(reader);
        }

        if (!reader.IsSettling)
        {
            reader.IsSettling = true;
            _settling.Add(reader);
        }
    }

    /// <summary>To be called once after one or more settlements: what they made possible happens.</summary>
    public void AfterSettling()
    {
        foreach (var reader in _settling)
        {
            reader.IsSettling = false;
            Serve(reader);
        }

        _settling.Clear();
        BoundMemory();
    }

    private void Place(OffsetReader reader, StreamOffset offset)
    {
        switch (offset.Start)
        {
            case StreamStart.First:
                reader.Cursor = _segments.First;
                break;
            case StreamStart.Last:
                reader.Cursor = _lastChunk;
                break;
            case StreamStart.Offset:
                reader.Cursor = offset.Value;
                break;
            case StreamStart.Timestamp:
                PlaceAtTime(reader, offset.Value);
                break;
            case StreamStart.Interval:
                PlaceAtTime(reader, Now - offset.Value);
                break;
            default:
                reader.Cursor = _segments.End;
                break;
        }
    }

    private void PlaceAtTime(OffsetReader reader, long at)
    {
        reader.Cursor = _segments.FirstWrittenSince(at);
        reader.NotBefore = reader.Cursor < _segments.End ? at : null;
    }

    private void Stop(OffsetReader reader)
    {
        if (!reader.IsStopped)
        {
            reader.IsStopped = true;
            ReaderCount--;
            _starting.Remove(reader);
            EndWait(reader);
            BoundMemory();
        }
    }

    private void EndWait(OffsetReader reader)
    {
        reader.WaitsFor?.Waiting.Remove(reader);
        reader.WaitsFor = null;
        if (reader.IsAtEnd)
        {
            reader.IsAtEnd = false;
            _atEnd.Remove(reader);
        }
    }

    private void Resume(OffsetReader reader)
    {
        Serve(reader);
        BoundMemory();
    }
}

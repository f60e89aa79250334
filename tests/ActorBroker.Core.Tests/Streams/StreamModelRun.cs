using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using Xunit;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>A command of a random list; what its numbers mean depends on what is there when it runs.</summary>
internal readonly record struct StreamCommand(int Kind, int A, int B, int C);

/// <summary>What lists of commands made happen: a test that never trims shows nothing about trimming.</summary>
internal sealed class StreamCoverage
{
    private long _loads;
    private long _trims;
    private long _crashes;
    private long _skipped;
    private long _returned;

    public void Loaded() => Interlocked.Increment(ref _loads);

    public void Trimmed() => Interlocked.Increment(ref _trims);

    public void Crashed() => Interlocked.Increment(ref _crashes);

    public void Skipped() => Interlocked.Increment(ref _skipped);

    public void Returned() => Interlocked.Increment(ref _returned);

    public void AssertEverythingHappened() =>
        Assert.All(new[] { _loads, _trims, _crashes, _skipped, _returned }, static count => Assert.True(count > 100));
}

/// <summary>Runs commands against a stream's rules and a plain list of messages, and compares after each.</summary>
internal sealed class StreamModelRun(QueueMemoryLimits limits, QueueSettings settings, StreamCoverage coverage)
{
    private const int RecordBytesMax = 12 + 4 + 1;
    private const int BatchCountMax = 4;
    private static readonly string[] Values = ["", "r", "g", "b"];

    private readonly List<string> _messages = [];
    private readonly Dictionary<ConsumerKey, StreamModelReader> _readers = [];
    private readonly Dictionary<int, long> _published = [];
    private readonly Dictionary<long, (int Connection, long Sequence)> _batchEnds = [];
    private TestStream _stream = new(limits, settings);
    private long _end;
    private long _first;
    private int _readerIds;
    private bool _hasCrashed;

    private long SegmentBytes => Math.Max(limits.SegmentBytes, Math.Max(limits.WriteBytesMax, RecordBytesMax * BatchCountMax));

    public void Execute(IEnumerable<StreamCommand> commands)
    {
        foreach (var command in commands)
        {
            Step(command);
            Compare();
        }

        Finish();
    }

    private void Step(StreamCommand command)
    {
        var (_, a, b, c) = command;
        switch (command.Kind)
        {
            case < 25: Publish(a, b, c); break;
            case < 50: Commit(); break;
            case < 58: Start(a, b, c); break;
            case < 73: Settle(a, b, c); break;
            case < 80: Grant(a, b); break;
            case < 92: AnswerLoad(a); break;
            case < 94: SetActive(a, b % 3 > 0); break;
            case < 96: _stream.Decider.AdvanceTo(_stream.Decider.Now + (a % 200)); break;
            case < 97: Close(a); break;
            case < 98: _stream.Journal.Store(_stream.Decider); break;
            case < 99: _stream.Journal.Trim(); break;
            default: Crash(committed: b % 2 == 0); break;
        }
    }

    private void Publish(int a, int b, int c)
    {
        var connection = 1 + (a % 2);
        var texts = Enumerable.Range(0, 1 + (b % BatchCountMax))
            .Select(i => $"{_messages.Count + i:x4}" + (Values[(c + i) % Values.Length] is { Length: > 0 } value ? $":{value}" : ""))
            .ToArray();
        _messages.AddRange(texts);
        var sequence = _published.GetValueOrDefault(connection) + 1;
        _published[connection] = sequence;
        _batchEnds[_messages.Count] = (connection, sequence);
        _stream.Decider.Publish(connection, sequence, StreamMessages.Batch(texts));
    }

    private void Commit()
    {
        _end = _stream.WritingEnd ?? _end;
        _stream.Commit();
    }

    private void Start(int a, int b, int c)
    {
        if (_readers.Count >= 6)
        {
            return;
        }

        var offset = a % 3 == 0 ? b % (_messages.Count + 3) : a % 3 == 1 ? _stream.Decider.FirstOffset : _end;
        var reader = new StreamModelReader(offset, 1 + (c % 7), 1 + (b % 60), c % 2 == 0 ? null : Values[1 + (a % 3)], b % 2 == 0);
        var arguments = new List<(string, ArgumentValue)>
        {
            a % 3 == 1 ? TestStream.Offset("first") : a % 3 == 0 ? TestStream.Offset(offset) : TestStream.Offset("next"),
            ("x-stream-match-unfiltered", ArgumentValue.FromBoolean(reader.MatchUnfiltered)),
        };
        if (reader.Value is { } value)
        {
            arguments.Add(TestStream.Filter(value));
        }

        var id = ++_readerIds;
        _readers.Add(new ConsumerKey(1, id), reader);
        _stream.Start(id, TestStream.Settings(reader.Prefetch, (int)reader.Window, arguments: [.. arguments]));
    }

    private void Settle(int a, int b, int c)
    {
        if (Pick(a) is not ({ } key, { } reader) || reader.Held.Count == 0)
        {
            return;
        }

        var from = reader.Held.ElementAt(b % reader.Held.Count);
        var range = new PositionRange(from, 1 + (c % 5));
        var outcome = (SettleOutcome)(c % 4);
        foreach (var offset in reader.Held.Where(offset => offset >= range.First && offset < range.End).ToArray())
        {
            reader.Held.Remove(offset);
            if (outcome == SettleOutcome.Released)
            {
                reader.Returned.Add(offset);
                coverage.Returned();
            }
        }

        _stream.Settle(key, range.First, range.Count, outcome);
    }

    private void Grant(int a, int b)
    {
        if (Pick(a) is ({ } key, { } reader))
        {
            reader.Window += b % 100;
            _stream.Decider.GrantCredit(key, b % 100);
        }
    }

    private void AnswerLoad(int a)
    {
        if (_stream.Loads.Count > 0)
        {
            coverage.Loaded();
            _stream.AnswerLoad(a % _stream.Loads.Count);
        }
    }

    private void SetActive(int a, bool active)
    {
        if (Pick(a) is ({ } key, { } reader))
        {
            reader.IsActive = active;
            _stream.Decider.SetConsumerActive(key, active);
        }
    }

    private void Close(int a)
    {
        if (Pick(a) is ({ } key, _))
        {
            _readers.Remove(key);
            _stream.Decider.CloseConsumer(key);
        }
    }

    private void Crash(bool committed)
    {
        coverage.Crashed();
        _hasCrashed = true;
        if (committed && _stream.WritingEnd is { } end)
        {
            _end = end;
            _stream.Commit();
        }

        Collect();
        _stream = _stream.Crash();
        _messages.RemoveRange((int)_end, _messages.Count - (int)_end);
        _readers.Clear();
        _published.Clear();
        _batchEnds.Clear();
        Assert.InRange(_stream.Decider.FirstOffset, 0, _end);
        _first = Math.Min(_first, _stream.Decider.FirstOffset);
    }

    private (ConsumerKey Key, StreamModelReader? Reader) Pick(int a) =>
        _readers.Count == 0 ? default : _readers.ElementAt(a % _readers.Count) is var (key, reader) ? (key, reader) : default;

    private void Compare()
    {
        Collect();
        Assert.Equal(_end, _stream.Decider.EndOffset);
        Assert.Equal(_end - _stream.Decider.FirstOffset, _stream.Decider.ReadyCount);
        Assert.Equal(_readers.Values.Sum(static reader => reader.Held.Count), _stream.Decider.UnsettledCount);
        CompareRetention();
        CompareProgress();

        // Open segment, what is loaded beyond the limit for a moment, and what awaits its commit.
        var uncommitted = _messages.Skip((int)_end).Sum(BytesOf);
        Assert.InRange(_stream.Decider.MemoryBytes, 0, limits.ResidentBytesMax + SegmentBytes + uncommitted);
        Assert.InRange(_stream.Loads.Count, 0, limits.ReadAheadSegments);
    }

    private void CompareRetention()
    {
        var first = _stream.Decider.FirstOffset;
        Assert.True(first >= _first, "What had left came back.");
        if (first > _first)
        {
            coverage.Trimmed();
            Assert.True(settings.MaxLengthBytes is not null || settings.MaxAge is not null);
            Assert.True(first < _end, "Everything left.");
            if (settings is { MaxAge: null, MaxLengthBytes: { } most })
            {
                // A restart begins a new segment, so that borders may have come to lie elsewhere.
                var slack = _hasCrashed ? SegmentBytes : 0;
                Assert.True(_messages.Skip((int)_first).Take((int)(_end - _first)).Sum(BytesOf) + slack > most, "The stream was not too large.");
            }
        }

        _first = first;
    }

    private void CompareProgress()
    {
        foreach (var (connection, _, confirmed) in _stream.Told)
        {
            foreach (var (end, batch) in _batchEnds)
            {
                Assert.False(batch.Connection == connection && batch.Sequence <= confirmed && end > _end, "Confirmed before it was committed.");
            }
        }

        _stream.Told.Clear();
    }

    private void Collect()
    {
        foreach (var (key, segment) in _stream.Delivered)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                var offset = segment.FirstPosition + i;
                Assert.True(offset < _end, "Delivered before it was committed.");
                Assert.Equal(_messages[(int)offset].Split(':')[0], TestBatches.BodyText(segment, i));
                Take(_readers[key], offset);
            }
        }

        _stream.Delivered.Clear();
    }

    private void Take(StreamModelReader reader, long offset)
    {
        Assert.True(reader is { IsActive: true, Window: > 0 } && reader.Held.Count < reader.Prefetch, "A reader was given more than it can take.");
        var message = _messages[(int)offset];
        Assert.True(reader.Wants(message));
        reader.Window -= BytesOf(message);
        reader.Held.Add(offset);

        // What came back and has not left since comes first.
        reader.Returned.RemoveWhere(returned => returned < Math.Min(offset, _stream.Decider.FirstOffset));
        if (reader.Returned.Count > 0)
        {
            Assert.Equal(reader.Returned.Min, offset);
            reader.Returned.Remove(offset);
            return;
        }

        Assert.True(offset >= reader.Next, "A message was delivered twice.");
        for (var passed = reader.Next; passed < offset; passed++)
        {
            Assert.True(passed < _stream.Decider.FirstOffset || !reader.Wants(_messages[(int)passed]), $"Message {passed} was passed over.");
            coverage.Skipped();
        }

        reader.Next = offset + 1;
    }

    // With credit for everything, every reader gets to the end.
    private void Finish()
    {
        foreach (var (key, reader) in _readers)
        {
            reader.IsActive = true;
            _stream.Decider.SetConsumerActive(key, active: true);
        }

        Collect();
        var more = true;
        for (var round = 0; more; round++)
        {
            Assert.True(round < 10_000, "It does not come to an end.");
            more = _stream.IsWriting || _stream.Loads.Count > 0;
            Commit();
            AnswerLoad(0);
            Collect();
            foreach (var (key, reader) in _readers)
            {
                if (reader.Held.Count > 0)
                {
                    more = true;
                    var held = reader.Held.Min;
                    reader.Held.Remove(held);
                    reader.Window += RecordBytesMax * 2;
                    _stream.Decider.GrantCredit(key, RecordBytesMax * 2);
                    _stream.Settle(key, held);
                }
                else if (reader.Window <= 0)
                {
                    more = true;
                    reader.Window += RecordBytesMax * 2;
                    _stream.Decider.GrantCredit(key, RecordBytesMax * 2);
                }

                Collect();
            }

            Compare();
        }

        Assert.Equal(_messages.Count, _end);
        foreach (var reader in _readers.Values)
        {
            Assert.All(reader.Returned, returned => Assert.True(returned < _stream.Decider.FirstOffset));
            for (var offset = Math.Max(reader.Next, _stream.Decider.FirstOffset); offset < _end; offset++)
            {
                Assert.False(reader.Wants(_messages[(int)offset]), $"Message {offset} was never delivered.");
            }
        }
    }

    private static long BytesOf(string text) => 12 + text.Length - (text.Contains(':', StringComparison.Ordinal) ? 1 : 0);
}

/// <summary>A reader as the list sees it.</summary>
internal sealed class StreamModelReader(long next, int prefetch, int window, string? value, bool matchUnfiltered)
{
    public long Next { get; set; } = next;

    public int Prefetch { get; } = prefetch;

    public long Window { get; set; } = window;

    public string? Value { get; } = value;

    public bool MatchUnfiltered { get; } = matchUnfiltered;

    public bool IsActive { get; set; } = true;

    public SortedSet<long> Held { get; } = [];

    public SortedSet<long> Returned { get; } = [];

    public bool Wants(string message) =>
        Value is null || (message.Split(':') is [_, var value] ? value == Value : MatchUnfiltered);
}

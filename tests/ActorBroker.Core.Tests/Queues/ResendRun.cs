using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Messages;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>Publishers that keep what is not confirmed, a consumer, and a queue that crashes, whose notices may be lost with it.</summary>
internal sealed class ResendRun(QueueMemoryLimits limits, QueueSettings settings)
{
    private readonly Publisher[] _publishers = [new(1001), new(1002), new(1003)];
    private readonly List<string> _delivered = [];
    private readonly HashSet<string> _settled = [];
    private readonly List<(long Position, string Body)> _held = [];
    private readonly HashSet<string> _refused = [];
    private readonly ConsumerKey _consumer = new(99, 1);
    private TestQueue _queue = new(limits, settings: settings);
    private int _bodies;
    private bool _isConsuming;

    // That a delivery was made is noted lazily: what the journal holds may come again without the mark.
    private HashSet<string> _journaled = [];

    public void Execute(IReadOnlyList<ModelCommand> commands)
    {
        OpenLinks();
        foreach (var command in commands)
        {
            Step(command);
        }

        Finish();
    }

    private void Step(ModelCommand command)
    {
        switch (command.Kind)
        {
            case < 45: Publish(_publishers[command.A % 3], 1 + (command.B % 4)); break;
            case < 60: _queue.Commit(); break;
            case < 70: Hear(_publishers[command.A % 3]); break;
            case < 78: Consume(command.A % 20); break;
            case < 84: Settle(1 + (command.A % 4)); break;
            case < 88: _queue.Decider.FlushSettlements(); break;
            case < 92: _queue.StoreIndex(); break;
            default: Crash(landed: command.A % (_queue.Uncommitted.Count + 1)); break;
        }

        CollectDeliveries();
    }

    private void Publish(Publisher publisher, int count)
    {
        var bodies = Enumerable.Range(0, count).Select(_ => $"{publisher.Id}-{++_bodies:0000}").ToArray();
        publisher.Unconfirmed.Add((++publisher.Last, bodies));
        publisher.Sent = publisher.Last;
        Send(publisher, publisher.Last, bodies);
    }

    private void Send(Publisher publisher, long sequence, string[] bodies)
    {
        Assert.True(_queue.Decider.ExpectsBatch(publisher.Connection, sequence));
        _queue.Decider.Publish(publisher.Connection, sequence, bodies.Length == 0 ? MessageBatch.Empty : TestBatches.Persistent(bodies));
    }

    // All that the queue has told the publisher so far.
    private void Hear(Publisher publisher)
    {
        foreach (var (connection, sequence, indexes) in _queue.Rejected.Where(rejected => rejected.Connection == publisher.Connection).ToArray())
        {
            var bodies = publisher.Unconfirmed.Find(batch => batch.Sequence == sequence).Bodies;
            _refused.UnionWith(indexes.Select(index => bodies[index]));
            publisher.PartlyRefused.Add(sequence);
            _queue.Rejected.Remove((connection, sequence, indexes));
        }

        var confirmed = _queue.Told.Where(told => told.Connection == publisher.Connection).Select(static told => told.Confirmed).DefaultIfEmpty(0).Max();
        Confirm(publisher, confirmed, static _ => false);
    }

    private void Confirm(Publisher publisher, long sequence, Func<long, bool> mayBeRefused)
    {
        foreach (var batch in publisher.Unconfirmed.Where(batch => batch.Sequence <= sequence).ToArray())
        {
            if (!mayBeRefused(batch.Sequence))
            {
                publisher.Confirmed.UnionWith(batch.Bodies.Where(body => !_refused.Contains(body)));
            }
            else
            {
                publisher.Doubtful.UnionWith(batch.Bodies);
            }

            publisher.Unconfirmed.Remove(batch);
        }

        publisher.Known = Math.Max(publisher.Known, sequence);
    }

    private void Consume(int prefetch)
    {
        if (!_isConsuming)
        {
            _isConsuming = true;
            Assert.Null(_queue.Decider.StartConsumer(_consumer, TestQueue.Settings(prefetch), "queue 'q'"));
            _queue.Decider.Dispatch();
        }
    }

    private void CollectDeliveries()
    {
        _queue.AnswerLoads();
        foreach (var (_, segment) in _queue.Delivered)
        {
            for (var i = 0; i < segment.Count; i++)
            {
                var body = TestBatches.BodyText(segment, i);
                Assert.True(segment.Redelivered || _journaled.Contains(body) || !_delivered.Contains(body), $"{body} was sent again and delivered without the mark.");
                _delivered.Add(body);
                _held.Add((segment.FirstPosition + i, body));
            }
        }

        _queue.Delivered.Clear();
    }

    private void Settle(int count)
    {
        foreach (var (position, body) in _held.Take(count).ToArray())
        {
            _settled.Add(body);
            _held.RemoveAt(0);
            _queue.Settle(_consumer, SettleOutcome.Accepted, position);
        }
    }

    private void Crash(int landed)
    {
        foreach (var committed in _queue.Uncommitted.Take(landed))
        {
            _queue.Journal.Append(committed);
        }

        _journaled = [.. Journaled()];
        _queue = _queue.Crash();
        _held.Clear();
        _isConsuming = false;
        OpenLinks();
        CollectDeliveries();
    }

    private void OpenLinks()
    {
        foreach (var publisher in _publishers)
        {
            publisher.Connection++;
            var standing = _queue.Decider.OpenLink(publisher.Connection, new LinkOpening(publisher.Id, publisher.Known, publisher.Sent));
            Assert.InRange(standing.KnownSequence, publisher.Known, publisher.Sent);
            Confirm(publisher, standing.KnownSequence, standing.MayHaveRefused);
            foreach (var (sequence, bodies) in publisher.Unconfirmed.ToArray())
            {
                if (publisher.PartlyRefused.Contains(sequence))
                {
                    publisher.Doubtful.UnionWith(bodies);
                    publisher.Unconfirmed.Remove((sequence, bodies));
                    publisher.Unconfirmed.Add((sequence, []));
                    publisher.Unconfirmed.Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
                    Send(publisher, sequence, []);
                }
                else
                {
                    Send(publisher, sequence, bodies);
                }
            }
        }
    }

    private void Finish()
    {
        _queue.CommitAll();
        foreach (var publisher in _publishers)
        {
            Hear(publisher);
            Assert.Empty(publisher.Unconfirmed);
        }

        CheckJournal();
        Crash(landed: 0);
        Consume(0);
        _queue.AnswerLoads();
        CollectDeliveries();
        var left = _held.Select(static held => held.Body).ToArray();
        Assert.Equal(left.Distinct(), left);
        foreach (var publisher in _publishers)
        {
            Assert.Subset(new HashSet<string>(_delivered), publisher.Confirmed);
            var own = left.Where(body => body.StartsWith($"{publisher.Id}-", StringComparison.Ordinal)).ToArray();
            Assert.Equal(own.Order(StringComparer.Ordinal), own);
            Assert.DoesNotContain(own, body => _refused.Contains(body) && !publisher.Doubtful.Contains(body));
        }
    }

    // Whatever was lost and sent again: the journal got each message once, or never had a need for it.
    private void CheckJournal()
    {
        var written = Journaled().ToArray();
        Assert.Equal(written.Distinct(), written);
        var known = written.Concat(_settled).ToHashSet();
        Assert.All(_publishers, publisher => Assert.Subset(known, publisher.Confirmed));
    }

    private IEnumerable<string> Journaled() =>
        _queue.Journal.Read(new SegmentAddress(0, long.MaxValue, 1, _queue.Journal.LastSequenceNr, 0) { WithoutCopies = true })
            .SelectMany(static placed => Enumerable.Range(0, placed.Batch.Count).Select(i => TestBatches.BodyText(new DeliverySegment(placed.Batch, i, 1, 0, false), 0)));

    private sealed class Publisher(long id)
    {
        public long Id { get; } = id;

        public int Connection { get; set; } = (int)(id - 1000) * 1000;

        public long Last { get; set; }

        public long Sent { get; set; }

        public long Known { get; set; }

        public List<(long Sequence, string[] Bodies)> Unconfirmed { get; } = [];

        public HashSet<long> PartlyRefused { get; } = [];

        public HashSet<string> Confirmed { get; } = [];

        /// <summary>Told of as lost, though they may be there.</summary>
        public HashSet<string> Doubtful { get; } = [];
    }
}

using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>Applies to the model what the decider asked for, and checks that it was right to.</summary>
internal sealed class ModelEffects(
    QueueModel model, TestQueue queue, Dictionary<JournalEvent, HashSet<long>> seenBefore, ModelCoverage coverage)
{
    public void Collect()
    {
        CollectGets();
        CollectDeliveries();
        CollectWrites();
        CollectProgress();
    }

    private void CollectGets()
    {
        foreach (var (getter, requestId, segment, left) in queue.Gets)
        {
            var get = model.WaitingGets.Dequeue();
            Assert.Equal((get.Getter, get.RequestId), (getter, requestId));
            var head = model.Ready.FirstOrDefault();
            Assert.Equal(head?.Position, segment?.FirstPosition);
            if (segment is { } found)
            {
                Assert.Equal(1, found.Count);
                model.Deliver(get.NoAck ? null : getter, found, 0);
            }

            Assert.Equal(model.Ready.Count(), left);
        }

        queue.Gets.Clear();
    }

    private void CollectDeliveries()
    {
        var delivered = queue.Delivered.Sum(static delivery => delivery.Segment.Count);
        var expected = model.Ready.Take(delivered).Select(static message => message.Position).ToArray();
        var positions = new List<long>();
        var last = new Dictionary<ConsumerKey, long>();
        foreach (var (key, segment) in queue.Delivered)
        {
            Assert.True(segment.Count > 0);
            var consumer = model.Consumers[key];
            for (var i = 0; i < segment.Count; i++)
            {
                Assert.True(consumer.CanTake, $"{key} was given more than it can take.");
                var message = model.Deliver(consumer.Settings.NoAck ? null : key, segment, i);
                consumer.Held += consumer.Settings.NoAck ? 0 : 1;
                consumer.Window -= message.Record.Length;
                consumer.Ungranted += message.Record.Length;
                Assert.True(message.Position > last.GetValueOrDefault(key, -1), "A consumer was given messages out of order.");
                last[key] = message.Position;
                positions.Add(message.Position);
            }
        }

        positions.Sort();
        Assert.Equal(expected, positions);
        queue.Delivered.Clear();
    }

    private void CollectWrites()
    {
        foreach (var pending in queue.Uncommitted)
        {
            if (seenBefore.TryAdd(pending, []))
            {
                seenBefore[pending] = [.. model.Messages.Where(static message => message.IsSeen).Select(static message => message.Position)];
                CheckWrite(pending);
            }
        }
    }

    private void CheckWrite(JournalEvent pending)
    {
        var batches = pending.Write?.Batches ?? [];
        foreach (var placed in batches)
        {
            var message = model.Messages.Find(candidate => candidate.Position == placed.FirstPosition);
            Assert.NotNull(message);
            Assert.Same(message.Batch.Content, placed.Batch);
            Assert.False(message.Batch.IsWritten);
        }

        foreach (var range in pending.Write?.Settled ?? [])
        {
            foreach (var message in model.Messages.Where(message => message.Position >= range.First && message.Position < range.End))
            {
                Assert.Equal(ModelPlace.Gone, message.Place);
                Assert.True(
                    message.Batch.IsWritten || Array.Exists(batches, placed => ReferenceEquals(placed.Batch, message.Batch.Content)),
                    $"The settlement of {message.Position} is written before it is.");
            }
        }
    }

    private void CollectProgress()
    {
        foreach (var (connection, accepted, confirmed) in queue.Told)
        {
            Assert.True(model.Links.TryGetValue(connection, out var link), "A closed connection was told of progress.");
            Assert.True(accepted > link.Accepted || confirmed > link.Confirmed, "Nothing new was told.");
            Assert.InRange(accepted, link.Accepted, link.Received);
            Assert.InRange(confirmed, link.Confirmed, link.Received);
            foreach (var batch in link.Batches.Where(batch => batch.Sequence > link.Confirmed && batch.Sequence <= confirmed))
            {
                Assert.True(batch.MayBeConfirmed, $"Batch {batch.Sequence} of connection {connection} was confirmed too early.");
                if (batch is { NeedsWrite: true, IsWritten: false })
                {
                    coverage.SettledWithoutWrite();
                }
            }

            (link.Accepted, link.Confirmed) = (accepted, confirmed);
        }

        queue.Told.Clear();
    }
}

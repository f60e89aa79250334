using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>Applies to the model what the decider asked for, and checks that it was right to.</summary>
internal sealed class ModelEffects(
    QueueModel model, TestQueue queue, Dictionary<JournalEvent, HashSet<long>> seenBefore, ModelCoverage coverage)
{
    public void Collect()
    {
        CollectTimeouts();
        model.UpdateHolders();
        var ready = model.Ready.ToArray();
        var taken = queue.Gets.Where(static get => get.Segment is not null).Select(static get => get.Segment!.Value)
            .Concat(queue.Delivered.Select(static delivery => delivery.Segment))
            .SelectMany(static segment => Enumerable.Range(0, segment.Count).Select(i => segment.FirstPosition + i))
            .ToHashSet();
        CollectGets();
        CollectDeliveries();
        if (model.HasLanes)
        {
            CheckOrderOfLanes(ready, taken);
        }
        else
        {
            CheckOrder(ready, taken);
        }

        model.UpdateHolders();
        CollectDeadLetters();
        CollectWrites();
        CollectProgress();
    }

    // What is delivered first is first in line. Then what expires at once, or is too much, leaves; and what was behind
    // it may be delivered.
    private void CheckOrder(ModelMessage[] ready, HashSet<long> taken)
    {
        var first = ready.TakeWhile(message => taken.Contains(message.Position)).ToArray();
        model.Expire();
        var left = ready.Skip(first.Length).Where(message => message.Place == ModelPlace.Ready || taken.Contains(message.Position)).ToArray();
        var dropped = model.DropHead(left);
        var after = left.Where(message => !dropped.Contains(message.Position)).Take(taken.Count - first.Length);
        Assert.Equal(taken.Order(), first.Concat(after).Select(static message => message.Position).Order());
        coverage.Dropped(dropped.Count);
    }

    // Of those that share something, no message overtakes another that stays.
    private void CheckOrderOfLanes(ModelMessage[] ready, HashSet<long> taken)
    {
        model.Expire();
        foreach (var lane in ready.GroupBy(static message => message.Lane))
        {
            var passed = lane.TakeWhile(message => taken.Contains(message.Position) || message.Place != ModelPlace.Ready).Count();
            Assert.DoesNotContain(lane.Skip(passed), message => taken.Contains(message.Position));
        }

        coverage.Shared(taken.Count);
    }

    // A consumer of a quorum queue is gone at once, another has its channel closed by its connection.
    private void CollectTimeouts()
    {
        foreach (var key in queue.Cancelled)
        {
            AssertHeldFor(key, model.Consumers[key].Timeout!.Value);
            model.Close(gone => gone == key, SettleOutcome.Requeued);
        }

        foreach (var (key, timeout) in queue.TimedOut)
        {
            Assert.Equal(model.Consumers[key].Timeout, timeout);
            AssertHeldFor(key, timeout);
        }

        coverage.TimedOut(queue.Cancelled.Count + queue.TimedOut.Count);
        queue.Cancelled.Clear();
        queue.TimedOut.Clear();
    }

    private void AssertHeldFor(ConsumerKey key, long timeout) => Assert.Contains(
        model.Messages,
        message => message.Place == ModelPlace.Held && message.Holder == key && message.HeldSince <= model.Now - timeout);

    private void CollectGets()
    {
        foreach (var (getter, requestId, segment, left) in queue.Gets)
        {
            var get = model.WaitingGets.Dequeue();
            Assert.Equal((get.Getter, get.RequestId), (getter, requestId));
            if (model.HasLanes)
            {
                Assert.True(segment is not null || !model.Ready.Any(message => model.MayHave(getter, message)));
            }
            else if (!model.DropsHead)
            {
                Assert.Equal(model.Ready.FirstOrDefault()?.Position, segment?.FirstPosition);
            }

            if (segment is { } found)
            {
                Assert.Equal(1, found.Count);
                var message = model.Deliver(getter, get.NoAck ? null : getter, found, 0);
                model.TakesGroup(get.NoAck ? null : getter, message);
            }

            Assert.True(model.DropsHead || (model.HasLanes && segment is null) || model.Ready.Count() == left);
        }

        queue.Gets.Clear();
    }

    private void CollectDeliveries()
    {
        var last = new Dictionary<(ConsumerKey, int, (int?, int?)), long>();
        var least = int.MaxValue;
        foreach (var (key, segment) in queue.Delivered)
        {
            Assert.True(segment.Count > 0);
            var consumer = model.Consumers[key];
            for (var i = 0; i < segment.Count; i++)
            {
                Assert.True(model.CanServe(consumer), $"{key} was given more than it can take.");
                least = Math.Min(least, consumer.Priority);
                var message = model.Deliver(key, consumer.Settings.NoAck ? null : key, segment, i);
                model.TakesGroup(key, message);
                consumer.Held += consumer.Settings.NoAck ? 0 : 1;
                consumer.Window -= message.Record.Length;
                consumer.Ungranted += message.Record.Length;
                CheckOrderOf(message, key, last);
            }
        }

        Assert.True(
            model.HasLanes || !model.Consumers.Values.Any(consumer => consumer.Priority > least && model.CanServe(consumer)),
            "A consumer was passed over for one of lower priority.");

        queue.Delivered.Clear();
    }

    private void CheckOrderOf(ModelMessage message, ConsumerKey consumer, Dictionary<(ConsumerKey, int, (int?, int?)), long> last)
    {
        var lane = (consumer, model.HasLanes ? message.Priority : 0, (message.Group, message.Share));
        var place = model.HasLanes ? message.Position : message.Position - (1_000_000L * message.Priority);
        Assert.True(place > last.GetValueOrDefault(lane, long.MinValue), "A consumer was given messages out of order.");
        last[lane] = place;
    }

    private void CollectDeadLetters()
    {
        foreach (var dead in queue.Dead)
        {
            for (var i = 0; i < dead.Messages.Count; i++)
            {
                model.HandOver(dead, i);
                coverage.Died(dead);
            }
        }

        queue.Dead.Clear();
        Assert.True(
            queue.Loads.Count > 0 || !model.Messages.Exists(model.IsToBeHandedOver),
            "A message is not handed over to be dead-lettered.");
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
            for (var i = 0; i < placed.Batch.Count; i++)
            {
                var written = model.Messages.Find(candidate => candidate.Position == placed.FirstPosition + i);
                Assert.Equal(written!.Record, placed.Batch.RecordOf(i).ToArray());
                Assert.False(written.IsWritten);
            }
        }

        foreach (var placed in pending.Write?.Copies ?? [])
        {
            coverage.Copied(placed.Batch.Count);
            for (var i = 0; i < placed.Batch.Count; i++)
            {
                var copied = model.Messages.Find(candidate => candidate.Position == placed.FirstPosition + i);
                Assert.True(copied is { IsWritten: true, Place: not ModelPlace.Gone });
                Assert.Equal(copied.Record, placed.Batch.RecordOf(i).ToArray());
            }
        }

        foreach (var range in pending.Write?.Settled ?? [])
        {
            foreach (var message in model.Messages.Where(message => message.Position >= range.First && message.Position < range.End))
            {
                Assert.Equal(ModelPlace.Gone, message.Place);
                Assert.True(
                    message.IsWritten || Array.Exists(batches, placed => message.Position >= placed.FirstPosition && message.Position < placed.EndPosition),
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

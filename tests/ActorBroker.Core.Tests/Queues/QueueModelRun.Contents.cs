using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <content>Messages looked at, held and removed by their positions.</content>
internal sealed partial class QueueModelRun
{
    private static readonly Dictionary<ModelPlace, MessageStanding> Standings = new()
    {
        [ModelPlace.Ready] = MessageStanding.Ready, [ModelPlace.Held] = MessageStanding.Unacknowledged, [ModelPlace.Delayed] = MessageStanding.Delayed,
    };

    // Runs of positions with gaps in between, some of which hold nothing.
    private PositionRange[] SomePositions(int first, int count)
    {
        var start = first % (_model.NextPosition + 1);
        return [new PositionRange(start, 1 + (count % 4)), new PositionRange(start + 5, 1 + (count % 3))];
    }

    private void Hold(int pick, int first, int count)
    {
        if (_model.Settings.Stage is not null)
        {
            return;
        }

        var holder = GetterOf(ConnectionOf(pick));
        var positions = SomePositions(first, count);
        var ready = _model.Ready.Where(message => positions.Any(range => Holds(range, message.Position))).OrderBy(static message => message.Position).ToArray();
        var held = _queue.Decider.Hold(holder, positions);
        Assert.Equal(ready.Select(static message => message.Position), held.SelectMany(static range => PositionsOf([range]).Order()));
        foreach (var message in ready)
        {
            (message.Place, message.Holder, message.HeldSince, message.IsOnlyHeld) = (ModelPlace.Held, holder, _model.Now, true);

            // What is delivered out of its place may carry the mark after a crash.
            message.WasEverDelivered = true;
        }

        coverage.Held(ready.Length);
        LookAtAll();
    }

    private void Remove(int first, int count, bool deadLetter)
    {
        var positions = SomePositions(first, count);
        var removed = _model.Messages
            .Where(message => message.Place is ModelPlace.Ready or ModelPlace.Delayed && positions.Any(range => Holds(range, message.Position))).ToArray();
        foreach (var message in removed)
        {
            if (deadLetter)
            {
                _model.Die(message, DeathReason.Rejected);
            }
            else
            {
                message.Place = ModelPlace.Gone;
            }
        }

        Assert.Equal(removed.Length, _queue.Remove(positions, deadLetter));
        coverage.Removed(removed.Length);
        LookAtAll();
    }

    private void LookAtAll()
    {
        CollectEffects();
        var seen = new Dictionary<long, SeenRun>();
        for (var next = 0L; ;)
        {
            var glance = _queue.Decider.Look(next)!;
            Assert.Equal(_model.NextPosition, glance.End);
            foreach (var run in glance.Runs)
            {
                foreach (var position in PositionsOf([run.Positions]))
                {
                    Assert.InRange(position, next, glance.Next - 1);
                    seen.Add(position, run);
                    AssertFound(glance, position);
                }
            }

            if (glance.Next >= glance.End)
            {
                break;
            }

            Assert.True(glance.Next > next);
            next = glance.Next;
        }

        var live = _model.Messages.Where(message => Standings.ContainsKey(message.Place)).ToArray();
        Assert.Equal(live.Select(static message => message.Position).Order(), seen.Keys.Order());
        foreach (var message in live)
        {
            Assert.Equal(Standings[message.Place], seen[message.Position].Standing);
            Assert.True(
                message.Place == ModelPlace.Held || message.ExpectedMark is not { } mark || mark == seen[message.Position].Redelivered,
                $"Position {message.Position} is shown with the wrong mark.");
        }
    }

    private void AssertFound(QueueGlance glance, long position)
    {
        var batches = glance.Unread is { } address ? _queue.Journal.Read(address) : glance.Batches;
        var batch = batches.First(placed => placed.FirstPosition <= position && position < placed.EndPosition);
        var message = _model.Messages.Find(candidate => candidate.Position == position)!;
        Assert.Equal(message.Record, batch.Batch.RecordOf((int)(position - batch.FirstPosition)).ToArray());
    }

    private static bool Holds(PositionRange range, long position) => range.First <= position && position < range.End;
}

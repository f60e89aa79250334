using ActorBroker.Core.Arguments;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lifetime;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <content>What of the model outlives a crash.</content>
internal sealed partial class QueueModel
{
    /// <summary>An event is in the journal.</summary>
    public void Committed(JournalEvent committed, IReadOnlySet<long> seenBefore)
    {
        var settled = (committed.Write?.Settled ?? committed.Purged).ToArray();
        var written = (committed.Write?.Batches ?? []).Select(static placed => new PositionRange(placed.FirstPosition, placed.Batch.Count)).ToArray();
        var notes = committed.Write?.Notes ?? QueueNotes.None;
        foreach (var message in Messages)
        {
            message.IsWritten |= Array.Exists(written, range => Holds(range, message));
            message.IsSettledWritten |= Array.Exists(settled, range => Holds(range, message));
            message.IsSeenWritten |= committed.Write is not null && seenBefore.Contains(message.Position);
            message.IsDeathWritten |= ValueOf(notes.Deaths, message) is not null;
            message.ReturnsWritten = ReturnCounts.Unpack(ValueOf(notes.Returns, message) ?? message.ReturnsWritten.Packed);
        }
    }

    /// <summary>
    /// Nothing is left but what recovery found. A message that an index left out, settled but not yet written so, stays
    /// gone, though a replay without that index finds it.
    /// </summary>
    public void Recovered(QueueIndex index, IReadOnlySet<long> live)
    {
        Links.Clear();
        Consumers.Clear();
        WaitingGets.Clear();
        _groupHolders.Clear();
        _active = null;
        Messages.RemoveAll(static message => !message.IsWritten);
        foreach (var message in Messages)
        {
            // What left undelivered may have been passed by deliveries behind it.
            var wasPassed = Settings.MaxPriority > 0 || HasLanes || message.Place is ModelPlace.Dying or ModelPlace.Gone;
            message.Place = live.Contains(message.Position) ? ModelPlace.Ready : ModelPlace.Gone;
            message.IsSeen = message.IsSeenWritten;
            message.WasDeliveredBeforeCrash |= message.WasEverDelivered || (wasPassed && message.Position < index.DeliveredBefore);
            (message.IsHandedOver, message.IsRepeated) = (false, false);
            if (message.Place == ModelPlace.Ready)
            {
                RecoverNotes(message, index.Notes);
            }
        }

        RecoverIdentities(index);
        NextPosition = index.NextPosition;
    }

    private void RecoverNotes(ModelMessage message, QueueNotes notes)
    {
        var returns = ReturnCounts.Unpack(ValueOf(notes.Returns, message) ?? 0);
        Assert.InRange(returns.Acquired, message.ReturnsWritten.Acquired, message.Returns.Acquired);
        Assert.InRange(returns.Failed, message.ReturnsWritten.Failed, message.Returns.Failed);
        message.Returns = returns;

        if (ValueOf(notes.Deaths, message) is { } reason)
        {
            (message.Place, message.Death, message.IsRepeated, message.IsDeathWritten) = (ModelPlace.Dying, (DeathReason)reason, true, true);
        }
        else
        {
            var deadline = ValueOf(notes.Deadlines, message);
            Assert.True(
                deadline == message.Deadline || (deadline == 0 && message.Deadline <= Now), $"The deadline of {message.Position} is {deadline}.");
            Assert.False(DiesAtLeastOnce && message.IsDeathWritten, $"The death of {message.Position} is forgotten.");
            if (ValueOf(notes.Delays, message) is { } readyAt)
            {
                Assert.True(readyAt <= message.ReadyAt);
                (message.Place, message.ReadyAt) = (ModelPlace.Delayed, readyAt);
            }
        }
    }

    private void RecoverIdentities(QueueIndex index)
    {
        var oldest = Now - (Settings.Deduplication?.CacheTtl ?? long.MaxValue);
        var recovered = index.Notes.Identities.Where(remembered => remembered.At > oldest).Select(static remembered => (Identity: NumberOf(remembered.Identity), remembered.Position, remembered.At)).ToList();
        foreach (var message in Messages.Where(message => message is { Place: ModelPlace.Ready or ModelPlace.Delayed, Identity: not null }))
        {
            Assert.True(
                Settings.Deduplication is not { CacheSize: null, CacheTtl: null } || recovered.Exists(remembered => remembered.Identity == message.Identity),
                $"The identity of {message.Position} is forgotten.");
        }

        // One that was forgotten is back when the message is, or when those that took its place are lost.
        _identities.Clear();
        _identities.AddRange(recovered);
    }

    private static int NumberOf(UInt128 identity) =>
        Enumerable.Range(0, 10).Single(number => DeduplicationCache.IdentityOf(ArgumentValue.FromInt32(number)) == identity);

    private static bool Holds(PositionRange range, ModelMessage message) => message.Position >= range.First && message.Position < range.End;

    private static long? ValueOf(PositionRun[] runs, ModelMessage message) =>
        Array.FindLastIndex(runs, run => Holds(run.Positions, message)) is >= 0 and var index ? runs[index].Value : null;
}

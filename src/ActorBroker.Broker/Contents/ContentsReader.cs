using ActorBroker.Broker.Queues;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Contents;

/// <summary>
/// Goes through what is in a queue, segment by segment, and hands it out: asks the queue's actor what is there, and reads
/// from the journal what is not in memory, so that the queue's own memory stays as it is. Lives inside an actor, which
/// hands it everything that <see cref="OnMessage"/> takes. It has one segment at a time.
/// <para>
/// Between the look and the reading a message may have left, or moved within the journal: what is not found is looked for
/// once more.
/// </para>
/// </summary>
internal sealed class ContentsReader(ContentsSource source, IActorRef self, Func<SeenMessage, bool> take)
{
    // Positions before it were looked for twice.
    private long _lookedAgainFor = -1;
    private bool _isAsking;

    /// <summary>All before this position was handed out, or is not in the queue.</summary>
    public long Next { get; private set; }

    /// <summary>The position that reading ends before; what comes behind the end that the queue has at the start is not read.</summary>
    public long End { get; private set; } = long.MaxValue;

    /// <summary>The lowest position that may hold a message.</summary>
    public long First { get; private set; }

    /// <summary>Only these positions are wanted; null for all.</summary>
    public PositionSet? Wanted { get; init; }

    /// <summary>Messages that were in the queue and could not be found.</summary>
    public long Missing { get; private set; }

    /// <summary>The queue has answered: <see cref="First"/> and <see cref="End"/> are known.</summary>
    public bool IsPlaced { get; private set; }

    /// <summary>Nothing more is in the range, or none of it is wanted, for which the queue is not asked.</summary>
    public bool IsAtEnd => (IsPlaced || Wanted is not null) && Next >= End;

    /// <summary>Why it cannot go on; null while it can.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Starts, or goes on after a message was not taken.</summary>
    public void Begin(long from, long end)
    {
        Next = from;
        End = Math.Min(End, end);
        Ask();
    }

    /// <summary>Something from the queue or the journal for the reader; false when the message is for somebody else.</summary>
    public bool OnMessage(object message)
    {
        switch (message)
        {
            case Glanced glanced:
                OnGlanced(glanced.Glance);
                return true;
            case SegmentSeen seen:
                OnSeen(seen);
                return true;
            default:
                return false;
        }
    }

    private void Ask()
    {
        Next = Wanted is null ? Next : Wanted.FirstFrom(Next) ?? End;
        if (Next < End && !_isAsking)
        {
            _isAsking = true;
            source.Actor.Tell(new LookInto(Next), self);
        }
    }

    private void OnGlanced(QueueGlance glance)
    {
        if (!IsPlaced)
        {
            IsPlaced = true;
            First = glance.First;
            End = Math.Min(End, glance.End);
        }

        if (glance.Unread is { } segment && glance.Runs.Count > 0)
        {
            source.Reader.ReadAsync(source.PersistenceId, segment).PipeTo(
                self,
                success: content => new SegmentSeen(glance, content.Batches, Failure: null),
                failure: exception => new SegmentSeen(glance, [], exception));
        }
        else
        {
            HandOut(glance, glance.Batches);
        }
    }

    private void OnSeen(SegmentSeen seen)
    {
        if (seen.Failure is not null)
        {
            _isAsking = false;
            Refusal = new Refusal(RefusalReason.Unavailable, $"messages of {source.Queue} cannot be read from the journal now: {seen.Failure.Message}");
            return;
        }

        HandOut(seen.Glance, [.. seen.Batches.OrderBy(static placed => placed.FirstPosition)]);
    }

    private void HandOut(QueueGlance glance, IReadOnlyList<PlacedBatch> batches)
    {
        _isAsking = false;
        var index = 0;
        foreach (var run in glance.Runs)
        {
            foreach (var part in Wanted?.Within(run.Positions) ?? [run.Positions])
            {
                for (var position = Math.Max(part.First, Next); position < Math.Min(part.End, End); position++)
                {
                    if (!HandOut(batches, ref index, position, run))
                    {
                        return;
                    }
                }
            }
        }

        Next = Math.Max(Next, Math.Min(glance.Next, End));
        Ask();
    }

    // False to stop here.
    private bool HandOut(IReadOnlyList<PlacedBatch> batches, ref int index, long position, SeenRun run)
    {
        while (index < batches.Count && batches[index].EndPosition <= position)
        {
            index++;
        }

        Next = position;
        if (index == batches.Count || batches[index].FirstPosition > position)
        {
            if (_lookedAgainFor <= position)
            {
                _lookedAgainFor = run.Positions.End;
                Ask();
                return false;
            }

            Missing++;
        }
        else
        {
            var placed = batches[index];
            if (!take(new SeenMessage(placed.Batch, (int)(position - placed.FirstPosition), position, placed.At, run.Standing, run.Redelivered)))
            {
                return false;
            }
        }

        Next = position + 1;
        return true;
    }

    private sealed record SegmentSeen(QueueGlance Glance, IReadOnlyList<PlacedBatch> Batches, Exception? Failure) : INoSerializationVerificationNeeded;
}

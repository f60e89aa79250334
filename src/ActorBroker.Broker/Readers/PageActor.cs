using ActorBroker.Contracts.Queues;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Readers;

/// <summary>
/// Reads one page for whoever asked. It is answered when it is full, at the end, and after some time or many messages
/// however few of them are wanted: then the next page goes on there.
/// </summary>
internal abstract class PageActor : QueueReaderActor
{
    private static readonly TimeSpan AnswerAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(15);

    private readonly string _read;

    /// <param name="browse">What is wanted.</param>
    /// <param name="requester">Who wants it.</param>
    /// <param name="read">What is read, in words.</param>
    /// <param name="formats">Reads the messages' properties.</param>
    protected PageActor(BrowseQueue browse, IActorRef requester, string read, MessageFormats formats)
        : base(requester, $"{browse.Queue} stopped while it was browsed")
    {
        _read = read;
        Browse = browse;
        Limits = browse.Limits.Clamped();
        Page = new MessagePage(Limits, formats);
    }

    /// <summary>What is wanted.</summary>
    protected BrowseQueue Browse { get; }

    /// <summary>How much of it.</summary>
    protected PageLimits Limits { get; }

    /// <summary>What has been found.</summary>
    protected MessagePage Page { get; }

    /// <summary>It has taken long enough: it is answered with what is there as soon as that gets the asker any further.</summary>
    protected bool IsDue { get; private set; }

    /// <summary>Why the reader cannot go on; null while it can.</summary>
    protected abstract Refusal? ReaderRefusal { get; }

    /// <summary>Nothing more belongs in the page.</summary>
    protected abstract bool IsComplete { get; }

    /// <summary>The next page would begin behind where this one did.</summary>
    protected abstract bool HasAdvanced { get; }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(AnswerDue.Instance, AnswerDue.Instance, AnswerAfter);
        var tooLate = new EndReading(new Refusal(RefusalReason.Unavailable, $"{_read} could not be read in time"));
        Timers.StartSingleTimer(nameof(GiveUpAfter), tooLate, GiveUpAfter);
    }

    /// <inheritdoc/>
    protected override bool OnMessage(object message)
    {
        IsDue |= message is AnswerDue;
        return message is AnswerDue;
    }

    /// <inheritdoc/>
    protected override void Proceed()
    {
        if (ReaderRefusal is { } refusal)
        {
            Conclude(refusal);
        }

        if (Refusal is not null || IsComplete || (IsDue && HasAdvanced))
        {
            End();
        }
    }

    /// <inheritdoc/>
    protected sealed override void Answer() =>
        Requester.Tell(Refusal is { } refusal ? Browse.Refused(refusal) : Found(), Context.Parent);

    /// <summary>The page, as it is.</summary>
    protected abstract QueueBrowsed Found();

    /// <summary>The page, with where the next one begins.</summary>
    protected QueueBrowsed Found(long next, bool isAtEnd, HistoryExtent extent) =>
        new(Browse.RequestId, Browse.Queue, Refusal: null, Page.Messages, next, isAtEnd, extent);

    private sealed record AnswerDue : INoSerializationVerificationNeeded
    {
        public static AnswerDue Instance { get; } = new();
    }
}

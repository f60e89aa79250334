using ActorBroker.Broker.Readers;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Contents;

/// <summary>Reads one page of what is in a queue.</summary>
internal sealed class ContentsBrowseActor : PageActor
{
    private const int LookedAtMax = 1_000_000;

    private readonly MessageSelector _selector;
    private readonly ContentsReader _reader;
    private long _lookedAt;
    private bool _hasStopped;

    // Where the end is, says the first answer.
    private bool _startsFromEnd;

    /// <summary>Use <see cref="Props"/>.</summary>
    public ContentsBrowseActor(BrowseQueue browse, IActorRef requester, ContentsSource source, MessageFormats formats)
        : base(browse, requester, browse.Queue.ToString(), formats)
    {
        _selector = new MessageSelector(browse.Criteria, formats);
        _reader = new ContentsReader(source, Self, Take);
    }

    /// <inheritdoc/>
    protected override Refusal? ReaderRefusal => _reader.Refusal;

    /// <inheritdoc/>
    protected override bool IsComplete => _reader.IsAtEnd || Page.IsFull || _hasStopped;

    /// <inheritdoc/>
    protected override bool HasAdvanced => _lookedAt > 0;

    private HistoryExtent Extent => new(_reader.First, _reader.End);

    /// <summary>The actor that answers one request, which has been checked.</summary>
    public static Props Props(BrowseQueue browse, IActorRef requester, ContentsSource source, MessageFormats formats) =>
        Akka.Actor.Props.Create(() => new ContentsBrowseActor(browse, requester, source, formats));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        var range = Browse.Range;
        _startsFromEnd = range.From == HistoryStart.Last;
        var from = _startsFromEnd ? long.MaxValue - 1 : range.From == HistoryStart.Position ? range.Start : 0;
        _reader.Begin(from, range.UntilPosition ?? long.MaxValue);
    }

    /// <inheritdoc/>
    protected override bool OnMessage(object message) => _reader.OnMessage(message) || base.OnMessage(message);

    /// <inheritdoc/>
    protected override void Proceed()
    {
        if (_startsFromEnd && _reader.IsPlaced)
        {
            _startsFromEnd = false;
            _reader.Begin(Browse.Range.StartIn(Extent) ?? 0, _reader.End);
        }

        base.Proceed();
    }

    /// <inheritdoc/>
    protected override QueueBrowsed Found() => Found(_reader.Next, _reader.IsAtEnd, Extent);

    private bool Take(SeenMessage seen)
    {
        if (IsDue || _lookedAt >= LookedAtMax || Page.IsFull)
        {
            _hasStopped = true;
            return false;
        }

        if (_selector.Selects(seen.Batch[seen.Index], seen.Batch.RouteOf(seen.Index))
            && !Page.TryAdd(seen.Batch, seen.Index, seen.Position, seen.WrittenAt, seen.Standing, seen.Redelivered))
        {
            _hasStopped = true;
            return false;
        }

        _lookedAt++;
        return true;
    }
}

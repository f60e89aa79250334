using ActorBroker.Broker.Readers;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.History;

/// <summary>
/// Reads one page of a queue's history: it consumes the queue as a client would, within a small window.
/// </summary>
internal sealed class BrowseActor : PageActor
{
    private const int WindowBytes = 1 << 18;
    private const int LookedAtMax = 100_000;

    private readonly HistoryReader _reader;
    private long _start = -1;

    /// <summary>Use <see cref="Props"/>.</summary>
    public BrowseActor(BrowseQueue browse, IActorRef requester, MessageFormats formats)
        : base(browse, requester, $"the history of {browse.Queue}", formats)
    {
        var range = browse.Range is { From: HistoryStart.Last, Start: 0 } ? browse.Range with { Start = Limits.Count } : browse.Range;
        _reader = new HistoryReader(
            new HistorySource(Context.Parent, browse.Queue, range, browse.Criteria, browse.Origin), formats, Self, WindowBytes, Take);
    }

    /// <inheritdoc/>
    protected override Refusal? ReaderRefusal => _reader.Refusal;

    /// <inheritdoc/>
    protected override bool IsComplete => _reader.IsDone || _reader.LookedAt >= LookedAtMax;

    /// <inheritdoc/>
    protected override bool HasAdvanced => _start >= 0 && _reader.Next > _start;

    /// <summary>The actor that answers one request, which has been checked.</summary>
    public static Props Props(BrowseQueue browse, IActorRef requester, MessageFormats formats) =>
        Akka.Actor.Props.Create(() => new BrowseActor(browse, requester, formats));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        base.PreStart();
        StartTicks();
        _reader.Ask();
    }

    /// <inheritdoc/>
    protected override void OnTick() => _reader.Ask();

    /// <inheritdoc/>
    protected override bool OnMessage(object message) => _reader.OnMessage(message) || base.OnMessage(message);

    /// <inheritdoc/>
    protected override void Proceed()
    {
        _reader.Flush();
        if (_start < 0 && _reader.IsPlaced)
        {
            _start = _reader.Next;
        }

        base.Proceed();
    }

    /// <inheritdoc/>
    protected override QueueBrowsed Found() => Found(_reader.Next, _reader.IsAtEnd, _reader.Extent);

    private bool Take(DeliverySegment segment, int i)
    {
        var index = segment.StartIndex + i;
        if (!Page.TryAdd(segment.Batch, index, segment.FirstPosition + i, segment.WrittenAt))
        {
            return false;
        }

        _reader.Credit(segment.Batch[index].RecordLength);
        if (Page.IsFull)
        {
            _reader.Stop();
        }

        return true;
    }
}

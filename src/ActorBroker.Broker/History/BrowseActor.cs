using ActorBroker.Contracts.Queues;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.History;

/// <summary>
/// Reads one page of a queue's history for whoever asked. A child of the queue's actor, which it consumes as a client
/// would, within a small window. A page is answered when it is full, at the end of its range, and after some time or many
/// messages however few of them are wanted: then the next page goes on there.
/// </summary>
internal sealed class BrowseActor : UntypedActor, IWithTimers
{
    private const int WindowBytes = 1 << 18;
    private const int LookedAtMax = 100_000;

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(200);

    private const int TicksForAny = 15;
    private const int TicksForAll = 75;

    private readonly BrowseQueue _browse;
    private readonly IActorRef _requester;
    private readonly MessageFormats _formats;
    private readonly PageLimits _limits;
    private readonly HistoryReader _reader;
    private readonly List<BrowsedMessage> _page = [];
    private int _pageBytes;
    private int _ticks;
    private long _start = -1;
    private bool _hasAnswered;

    /// <summary>Use <see cref="Props"/>.</summary>
    public BrowseActor(BrowseQueue browse, IActorRef requester, MessageFormats formats)
    {
        _browse = browse;
        _requester = requester;
        _formats = formats;
        _limits = browse.Limits.Clamped();
        var range = browse.Range is { From: HistoryStart.Last, Start: 0 } ? browse.Range with { Start = _limits.Count } : browse.Range;
        _reader = new HistoryReader(
            new HistorySource(Context.Parent, browse.Queue, range, browse.Criteria, browse.Origin), formats, Self, WindowBytes, Take);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor that answers one request, which has been checked.</summary>
    public static Props Props(BrowseQueue browse, IActorRef requester, MessageFormats formats) =>
        Akka.Actor.Props.Create(() => new BrowseActor(browse, requester, formats));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickInterval);
        _reader.Ask();
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        // By the one before.
        _hasAnswered = true;
        Context.Stop(Self);
    }

    /// <inheritdoc/>
    protected override void PostStop() => Refuse(new Refusal(RefusalReason.Unavailable, $"{_browse.Queue} stopped while it was browsed"));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case EndReading end:
                Refuse(end.Reason);
                break;
            default:
                if (!_reader.OnMessage(message))
                {
                    Unhandled(message);
                }

                break;
        }

        _reader.Flush();
        if (_start < 0 && _reader.IsPlaced)
        {
            _start = _reader.Next;
        }

        if (_reader.Refusal is { } refusal)
        {
            Refuse(refusal);
        }
        else if (_reader.IsDone || _reader.LookedAt >= LookedAtMax)
        {
            Answer();
        }
    }

    private void OnTick()
    {
        _reader.Ask();
        _ticks++;
        if (_ticks >= TicksForAll)
        {
            Refuse(new Refusal(RefusalReason.Unavailable, $"the history of {_browse.Queue} could not be read in time"));
        }
        else if (_ticks >= TicksForAny && _start >= 0 && _reader.Next > _start)
        {
            Answer();
        }
    }

    // Copied: a page must not hold the slabs that its messages came in.
    private bool Take(DeliverySegment segment, int i)
    {
        var index = segment.StartIndex + i;
        var view = segment.Batch[index];
        var room = _limits.Bytes - _pageBytes - view.PropertiesLength;
        var wanted = Math.Min(view.BodyLength, _limits.BodyBytes ?? int.MaxValue);
        if (wanted > room && _page.Count > 0)
        {
            return false;
        }

        var route = segment.Batch.RouteOf(index);
        var format = _formats[view.Format];
        var body = view.Body[..Math.Min(wanted, Math.Max(0, room))].ToArray();
        _page.Add(new BrowsedMessage(
            segment.FirstPosition + i,
            segment.WrittenAt,
            route.Exchange,
            route.RoutingKey,
            format.ReadProperties(view.Properties),
            format.ReadHeaders(view.Properties),
            view.BodyLength,
            body));
        _pageBytes += view.PropertiesLength + body.Length;
        _reader.Credit(view.RecordLength);
        if (_page.Count == _limits.Count)
        {
            _reader.Stop();
        }

        return true;
    }

    private void Answer() => End(new QueueBrowsed(
        _browse.RequestId, _browse.Queue, Refusal: null, [.. _page], _reader.Next, _reader.IsAtEnd, _reader.Extent));

    private void Refuse(Refusal refusal) => End((QueueBrowsed)_browse.Refused(refusal));

    private void End(QueueBrowsed answer)
    {
        if (!_hasAnswered)
        {
            _hasAnswered = true;
            _requester.Tell(answer, Context.Parent);
            Context.Stop(Self);
        }
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}

namespace ActorBroker.Core.Queues.Lanes;

/// <summary>
/// The flows of one priority in deficit round robin: in its turn a flow sends until it has had its quantum of bytes; what
/// the last message took beyond is owed from the next turns. A new flow has its turn within one round. One that runs
/// empty is forgotten, or when it owes something, after it would have been served so often.
/// </summary>
internal sealed class LaneLevel
{
    /// <summary>Small, so that a round is short: a flow of larger messages waits some rounds for each.</summary>
    public const int QuantumBytes = 1024;

    private readonly Dictionary<long, LaneFlow> _flows = [];
    private LaneFlow? _first;
    private int _readyFlows;

    // The first flow has had its quantum for this turn.
    private bool _isGranted;

    /// <summary>No lane has anything ready.</summary>
    public bool IsEmpty => _readyFlows == 0;

    /// <summary>Bytes after which the turn of <see cref="Current"/> ends.</summary>
    public long TurnBytes => _flows.Count == 1 ? long.MaxValue : _first!.Deficit;

    public void Add(Lane lane)
    {
        var value = lane.Key.FairValue;
        if (!_flows.TryGetValue(value, out var flow))
        {
            flow = new LaneFlow(value);
            _flows.Add(value, flow);
            AddLast(flow);
        }

        _readyFlows += flow.IsEmpty ? 1 : 0;
        flow.Add(lane);
    }

    public void Remove(Lane lane)
    {
        var flow = lane.Flow!;
        flow.Remove(lane);
        if (!flow.IsEmpty)
        {
            return;
        }

        _readyFlows--;
        if (_readyFlows == 0)
        {
            _flows.Clear();
            _first = null;
            _isGranted = false;
        }
        else if (flow.Deficit >= 0)
        {
            Forget(flow);
        }
    }

    /// <summary>The flow whose turn it is; there must be one.</summary>
    public LaneFlow Current()
    {
        while (_flows.Count > 1)
        {
            var flow = _first!;
            if (!_isGranted)
            {
                flow.Deficit += QuantumBytes;
                _isGranted = true;
            }

            if (flow is { IsEmpty: true, Deficit: >= 0 })
            {
                Forget(flow);
            }
            else if (!flow.IsEmpty && flow.Deficit > 0)
            {
                return flow;
            }
            else
            {
                EndTurn();
            }
        }

        // Alone, it takes nothing from anyone.
        _first!.Deficit = 0;
        _isGranted = false;
        return _first;
    }

    /// <summary>The flow sends so many bytes.</summary>
    public void Charge(LaneFlow flow, long bytes)
    {
        if (_flows.Count > 1)
        {
            flow.Deficit -= bytes;
        }
    }

    /// <summary>The flows, by when they are served.</summary>
    public IEnumerable<LaneFlow> Round()
    {
        for (var flow = _first; flow is not null; flow = flow.Next == _first ? null : flow.Next)
        {
            yield return flow;
        }
    }

    private void EndTurn()
    {
        _first = _first!.Next;
        _isGranted = false;
    }

    private void AddLast(LaneFlow flow)
    {
        if (_first is null)
        {
            (_first, flow.Next, flow.Previous) = (flow, flow, flow);
            return;
        }

        var last = _first.Previous!;
        (flow.Previous, flow.Next) = (last, _first);
        (last.Next, _first.Previous) = (flow, flow);
    }

    private void Forget(LaneFlow flow)
    {
        _flows.Remove(flow.FairValue);
        if (flow == _first)
        {
            EndTurn();
        }

        (flow.Previous!.Next, flow.Next!.Previous) = (flow.Next, flow.Previous);
        (flow.Next, flow.Previous) = (null, null);
    }
}

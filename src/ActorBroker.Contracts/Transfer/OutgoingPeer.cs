using Akka.Actor;

namespace ActorBroker.Contracts.Transfer;

/// <summary>The lines to one other node. Every thread may call it.</summary>
internal sealed class OutgoingPeer(Transfers transfers, IActorRef self, IActorRef other)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IActorRef, OutgoingLine> _bySender = [];
    private readonly Dictionary<long, OutgoingLine> _byId = [];
    private readonly Queue<OutgoingLine> _held = new();
    private volatile bool _hasLines;
    private long _lastLine;
    private long _bytesUnderWay;

    /// <summary>The actor that puts parts together again there.</summary>
    public IActorRef Other => other;

    /// <summary>Bytes of parts that have been sent and not been taken.</summary>
    public long BytesUnderWay => Interlocked.Read(ref _bytesUnderWay);

    /// <summary>Something is under way, or waits for it.</summary>
    public bool HasLines => _hasLines;

    /// <summary>True when the message goes by a line. False: nothing is under way that it would have to wait for.</summary>
    /// <param name="recipient">Whom it is for.</param>
    /// <param name="message">The message.</param>
    /// <param name="sender">Who speaks; null for nobody.</param>
    /// <param name="mayBegin">Begins a line when there is none.</param>
    public bool TryTell(IActorRef recipient, WrittenMessage message, IActorRef? sender, bool mayBegin)
    {
        if (!mayBegin && !_hasLines)
        {
            return false;
        }

        lock (_lock)
        {
            var speaker = sender ?? ActorRefs.Nobody;
            if (!_bySender.TryGetValue(speaker, out var line))
            {
                if (!mayBegin)
                {
                    return false;
                }

                line = new OutgoingLine(++_lastLine, speaker, transfers.PathOf(sender));
                _bySender.Add(speaker, line);
                _byId.Add(line.Id, line);
                _hasLines = true;
                self.Tell(new TransferActor.LineBegun(this), ActorRefs.NoSender);
            }

            line.Add(recipient.Path.ToSerializationFormat(), message);
            Send(line);
        }

        return true;
    }

    /// <summary>The other node has answered.</summary>
    public void OnTaken(PartsTaken taken)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(taken.Line, out var line))
            {
                return;
            }

            var before = line.UnderWay;
            var isKnown = line.Take(taken);
            _bytesUnderWay += line.UnderWay - before;
            if (!isKnown || line.IsDone)
            {
                Close(line);
            }
            else
            {
                Send(line);
            }

            SendHeld();
        }
    }

    /// <summary>Some time has gone by: what may have been lost is sent again. False when no line is left.</summary>
    public bool OnTick()
    {
        lock (_lock)
        {
            foreach (var line in _byId.Values)
            {
                if (line.IsStalled())
                {
                    var before = line.UnderWay;
                    line.Rewind();
                    _bytesUnderWay += line.UnderWay - before;
                    other.Tell(line.Question(), self);
                    Send(line);
                }
            }

            SendHeld();
            return _hasLines;
        }
    }

    /// <summary>The other node is gone, and with it everything that was for it.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            _bySender.Clear();
            _byId.Clear();
            _held.Clear();
            _bytesUnderWay = 0;
            _hasLines = false;
        }
    }

    private void Send(OutgoingLine line)
    {
        while (line.HasMore)
        {
            if (_bytesUnderWay >= PartLimits.PeerWindow)
            {
                Hold(line);
                return;
            }

            var part = line.Next();
            _bytesUnderWay += part.Size;
            other.Tell(part, self);
        }
    }

    private void Hold(OutgoingLine line)
    {
        if (!line.IsHeld)
        {
            line.IsHeld = true;
            _held.Enqueue(line);
        }
    }

    // In turns: a line that has used up what became free is held again, behind the others.
    private void SendHeld()
    {
        while (_bytesUnderWay < PartLimits.PeerWindow && _held.TryDequeue(out var line))
        {
            line.IsHeld = false;
            if (_byId.ContainsKey(line.Id))
            {
                Send(line);
            }
        }
    }

    private void Close(OutgoingLine line)
    {
        _bytesUnderWay -= line.UnderWay;
        _byId.Remove(line.Id);
        _bySender.Remove(line.Speaker);
        _hasLines = _byId.Count > 0;
        other.Tell(line.End(), self);
    }
}

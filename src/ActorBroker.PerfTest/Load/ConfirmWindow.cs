using ActorBroker.PerfTest.Reporting;

namespace ActorBroker.PerfTest.Load;

/// <summary>
/// The publishes of a channel that await their confirm, from the lowest unconfirmed delivery tag on, and how long each took.
/// The publishing thread waits here for room, the reading thread makes room.
/// </summary>
/// <param name="size">How many publishes there may be from the lowest unconfirmed one on.</param>
internal sealed class ConfirmWindow(int size, LatencyRecorder latencies)
{
    // Not a Lock: the publisher also waits on it.
    private readonly object _gate = new();

    // When the publish with a delivery tag was sent, at the tag modulo the size; 0 once it is confirmed.
    private readonly long[] _sentAt = new long[size];
    private long _lowest = 1;
    private long _next = 1;
    private long _confirmed;
    private long _rejected;

    /// <summary>Publishes that the broker took on.</summary>
    public long Confirmed => Volatile.Read(ref _confirmed);

    /// <summary>Publishes that the broker refused with <c>basic.nack</c>.</summary>
    public long Rejected => Volatile.Read(ref _rejected);

    private int Room => size - (int)(_next - _lowest);

    /// <summary>How many publishes there is room for; waits for some until the timeout is over.</summary>
    public int WaitForRoom(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (Room == 0)
                Monitor.Wait(_gate, timeout);
            return Room;
        }
    }

    /// <summary>Notes publishes that are about to be sent: before they are, as their confirm may come at once.</summary>
    public void Add(int count, long sentAt)
    {
        lock (_gate)
        {
            for (var end = _next + count; _next < end; _next++)
                _sentAt[_next % size] = sentAt;
        }
    }

    /// <summary>Takes a <c>basic.ack</c> or <c>basic.nack</c> of the broker.</summary>
    /// <exception cref="LoadException">The delivery tag is that of no publish that awaits a confirm.</exception>
    public void Settle(ulong deliveryTag, bool multiple, bool accepted, long now)
    {
        lock (_gate)
        {
            // A multiple settlement of tag 0 is of all that there is.
            var last = deliveryTag == 0 && multiple ? _next - 1 : (long)deliveryTag;
            if (last >= _next || (last < _lowest && !multiple) || (!multiple && _sentAt[last % size] == 0))
                throw new LoadException($"the broker confirmed delivery tag {deliveryTag}, which awaits no confirm");
            var count = SettleRange(multiple ? _lowest : last, last, now);
            while (_lowest < _next && _sentAt[_lowest % size] == 0)
                _lowest++;
            if (accepted)
                Volatile.Write(ref _confirmed, _confirmed + count);
            else
                Volatile.Write(ref _rejected, _rejected + count);
        }
    }

    /// <summary>Wakes the publisher; after all settlements of a read, so that it writes as much as it may at once.</summary>
    public void Release()
    {
        lock (_gate)
            Monitor.Pulse(_gate);
    }

    private int SettleRange(long first, long last, long now)
    {
        var settled = 0;
        var runTime = 0L;
        var runLength = 0;
        for (var tag = first; tag <= last; tag++)
        {
            ref var sentAt = ref _sentAt[tag % size];
            if (sentAt == 0)
                continue;
            settled++;
            if (sentAt != runTime)
            {
                latencies.Record(now - runTime, runLength);
                (runTime, runLength) = (sentAt, 0);
            }

            runLength++;
            sentAt = 0;
        }

        latencies.Record(now - runTime, runLength);
        return settled;
    }
}

using Akka.Actor;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace ActorBroker.Broker.Mailboxes;

/// <summary>
/// Messages of one actor: a ring that grows, and is dropped when it has become large and runs empty. Any thread may add;
/// one takes. Its lock is the object itself, which nobody else has.
/// </summary>
public sealed class CompactMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics, IUnboundedDequeBasedMessageQueueSemantics
{
    private const int CapacityMin = 4;
    private const int CapacityKept = 64;

    // A power of two long, or empty.
    private Envelope[] _ring = [];
    private int _head;
    private int _count;

    /// <inheritdoc/>
    public bool HasMessages => Volatile.Read(ref _count) > 0;

    /// <inheritdoc/>
    public int Count => Volatile.Read(ref _count);

    /// <inheritdoc/>
    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (this)
        {
            MakeRoom();
            _ring[(_head + _count) & (_ring.Length - 1)] = envelope;
            _count++;
        }

        // The caller looks next whether the actor is about to rest, which looks whether there are messages when it does.
        Interlocked.MemoryBarrier();
    }

    /// <inheritdoc/>
    public void EnqueueFirst(Envelope envelope)
    {
        lock (this)
        {
            MakeRoom();
            _head = (_head - 1) & (_ring.Length - 1);
            _ring[_head] = envelope;
            _count++;
        }

        Interlocked.MemoryBarrier();
    }

    /// <inheritdoc/>
    public bool TryDequeue(out Envelope envelope)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            envelope = default;
            return false;
        }

        lock (this)
        {
            if (_count == 0)
            {
                envelope = default;
                return false;
            }

            envelope = _ring[_head];
            _ring[_head] = default;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            if (_count == 0 && _ring.Length > CapacityKept)
            {
                _ring = [];
                _head = 0;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        ArgumentNullException.ThrowIfNull(deadletters);
        while (TryDequeue(out var envelope))
        {
            deadletters.Enqueue(owner, envelope);
        }
    }

    private void MakeRoom()
    {
        if (_count < _ring.Length)
        {
            return;
        }

        var larger = new Envelope[Math.Max(CapacityMin, _ring.Length * 2)];
        var tillEnd = _ring.Length - _head;
        Array.Copy(_ring, _head, larger, 0, tillEnd);
        Array.Copy(_ring, 0, larger, tillEnd, _head);
        _ring = larger;
        _head = 0;
    }
}

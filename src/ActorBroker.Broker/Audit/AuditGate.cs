using ActorBroker.Contracts.Events;
using ActorBroker.Core.Messages;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Audit;

/// <summary>
/// Makes records of what happens where it happens, in the thread of whoever tells it and so before that is answered: puts them
/// into the spool and hands them to the actor that writes them to the stream. Beyond <see cref="BytesMax"/> that the stream has
/// not confirmed, further ones are dropped and counted. Whatever fails here fails nobody who tells what has happened.
/// </summary>
internal sealed class AuditGate(IActorRef actor, AuditRecords records, IMessageFormat format, TimeProvider clock, AuditSpool? spool, ILoggingAdapter log)
    : MinimalActorRef
{
    /// <summary>Bytes of records that the stream has not confirmed, beyond which further ones are left out.</summary>
    public const long BytesMax = 16 * 1024 * 1024;

    private long _bytes;
    private long _dropped;
    private bool _isInTrouble;

    public override ActorPath Path { get; } = actor.Path / "gate";

    public override IActorRefProvider Provider { get; } = ((IInternalActorRef)actor).Provider;

    /// <summary>Some were dropped that <see cref="TakeDropped"/> has not told yet, and there is room to say so.</summary>
    public bool MayTellDropped => Volatile.Read(ref _dropped) > 0 && Volatile.Read(ref _bytes) < BytesMax / 2;

    /// <summary>Some were dropped that <see cref="TakeDropped"/> has not told yet.</summary>
    public bool HasDropped => Volatile.Read(ref _dropped) > 0;

    /// <summary>How many were dropped since the last time.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    /// <summary>Lets a record through, if there is room.</summary>
    public void Let(AuditRecord record)
    {
        var message = new AuditMessage(record, format, clock.GetUtcNow());
        if (Interlocked.Add(ref _bytes, message.RecordLength) >= BytesMax + message.RecordLength)
        {
            Interlocked.Add(ref _bytes, -message.RecordLength);
            Interlocked.Increment(ref _dropped);
            return;
        }

        Spool(message);
        actor.Tell(message);
    }

    /// <summary>Records of an earlier time are under way again.</summary>
    public void Takes(AuditMessage message) => Interlocked.Add(ref _bytes, message.RecordLength);

    /// <summary>The stream has a record; for the actor.</summary>
    public void Confirm(AuditMessage message)
    {
        Interlocked.Add(ref _bytes, -message.RecordLength);
        if (message.Spooled is { } spooled)
        {
            spooled.IsDone = true;
        }
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        try
        {
            if (message is BrokerEvent happened && records.Of(happened) is { } record)
            {
                Let(record);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            log.Error(failure, "a change cannot be noted: {0}", message.GetType());
        }
    }

    // Without it a record is lost only if the process is killed before the stream has it.
    private void Spool(AuditMessage message)
    {
        try
        {
            spool?.Add(message);
            _isInTrouble = false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_isInTrouble)
            {
                _isInTrouble = true;
                log.Warning("changes cannot be noted in the data folder, and would be lost with the process: {0}", failure.Message);
            }
        }
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorBroker.Broker.Tests.Access;

/// <summary>A journal in memory that holds, fails or refuses its writes, or fails to replay, when told to.</summary>
public sealed class ControlledJournal : MemoryJournal
{
    private TaskCompletionSource? _hold;
    private bool _holdsReads;
    private Failing _failing;

    public enum Failing
    {
        Nothing,
        Write,
        Refuse,
        Replay,
    }

    /// <summary>Writes, or reads too, wait from here on; the sender hears <see cref="Akka.Done"/>.</summary>
    public sealed record Hold(bool Reads);

    /// <summary>Writes go on.</summary>
    public sealed record Release;

    /// <summary>What fails from here on; the sender hears <see cref="Akka.Done"/>.</summary>
    public sealed record Fail(Failing What);

    protected override bool ReceivePluginInternal(object message)
    {
        switch (message)
        {
            case Hold hold:
                _holdsReads = hold.Reads;
                _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                break;
            case Release:
                _hold?.SetResult();
                _hold = null;
                break;
            case Fail fail:
                _failing = fail.What;
                break;
            default:
                return base.ReceivePluginInternal(message);
        }

        Sender.Tell(Akka.Done.Instance);
        return true;
    }

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        var failing = _failing;
        if (_hold is { } hold)
        {
            await hold.Task;
        }

        return failing switch
        {
            Failing.Write => throw new IOException("the disk is gone"),
            Failing.Refuse => writes.Select(_ => (Exception)new InvalidOperationException("the buffer is full")).ToImmutableList(),
            _ => await base.WriteMessagesAsync(writes, cancellationToken),
        };
    }

    public override async Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        var failing = _failing;
        if (_holdsReads && _hold is { } hold)
        {
            await hold.Task;
        }

        return failing == Failing.Replay
            ? throw new IOException("the disk is gone")
            : await base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken);
    }
}

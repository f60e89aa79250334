namespace ActorBroker.Core.Queues.Log;

/// <summary>Journal events in a row, and what they take.</summary>
/// <param name="LastSequenceNr">Journal sequence number of the last of them.</param>
/// <param name="Bytes">About how many bytes they take on disk.</param>
public readonly record struct JournalRun(long LastSequenceNr, long Bytes);

/// <summary>
/// About how many bytes the journal keeps from which event on. A few runs of events, however long the journal is: exact
/// to a run, which is a small part of all or of <paramref name="grainBytes"/>.
/// </summary>
internal sealed class JournalSpace(long grainBytes)
{
    private const int RunsMax = 128;

    // What a row costs beside its messages.
    private const int EventBytes = 128;
    private const int SettledBytes = 4;
    private const int NoteBytes = 16;

    private readonly List<JournalRun> _runs = [];

    /// <summary>Bytes of all events that are not forgotten.</summary>
    public long Total { get; private set; }

    /// <summary>A write is committed as that event.</summary>
    public void Add(long sequenceNr, QueueWrite write)
    {
        var notes = write.Notes;
        var bytes = EventBytes + (SettledBytes * (long)write.Settled.Length)
            + (NoteBytes * (long)(notes.Deadlines.Length + notes.Deaths.Length + notes.Returns.Length + notes.Delays.Length + notes.Identities.Length));
        foreach (var placed in write.Batches)
        {
            bytes += placed.Batch.SizeBytes;
        }

        foreach (var placed in write.Copies)
        {
            bytes += placed.Batch.SizeBytes;
        }

        Add(new JournalRun(sequenceNr, bytes));
    }

    /// <summary>Bytes of the events from that one on.</summary>
    public long From(long sequenceNr)
    {
        var bytes = 0L;
        for (var i = _runs.Count - 1; i >= 0 && _runs[i].LastSequenceNr >= sequenceNr; i--)
        {
            bytes += _runs[i].Bytes;
        }

        return bytes;
    }

    /// <summary>Events up to there are deleted.</summary>
    public void Forget(long lastSequenceNr)
    {
        var count = 0;
        while (count < _runs.Count && _runs[count].LastSequenceNr <= lastSequenceNr)
        {
            Total -= _runs[count++].Bytes;
        }

        _runs.RemoveRange(0, count);
    }

    /// <summary>The runs from an event on, for a snapshot.</summary>
    public JournalRun[] Runs(long fromSequenceNr) => [.. _runs.Where(run => run.LastSequenceNr >= fromSequenceNr)];

    /// <summary>Adds events as a snapshot has them; ascending, behind all that are here.</summary>
    public void Add(JournalRun run)
    {
        Total += run.Bytes;
        if (_runs.Count > 0 && _runs[^1].Bytes + run.Bytes <= Math.Max(grainBytes, Total / (RunsMax / 2)))
        {
            _runs[^1] = new JournalRun(run.LastSequenceNr, _runs[^1].Bytes + run.Bytes);
            return;
        }

        if (_runs.Count == RunsMax)
        {
            for (var i = 0; i < RunsMax / 2; i++)
            {
                _runs[i] = new JournalRun(_runs[(2 * i) + 1].LastSequenceNr, _runs[2 * i].Bytes + _runs[(2 * i) + 1].Bytes);
            }

            _runs.RemoveRange(RunsMax / 2, RunsMax / 2);
        }

        _runs.Add(run);
    }
}

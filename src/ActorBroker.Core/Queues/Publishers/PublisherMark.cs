using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Publishers;

/// <summary>How far a publisher's batches have come at a queue, as its journal knows: what comes again up to there is known.</summary>
/// <param name="Publisher">Of one link: no other, before or after it and wherever it is, has the same number.</param>
/// <param name="Sequence">All batches up to this one are in the journal, or of no use to it.</param>
public readonly record struct PublisherMark(long Publisher, long Sequence)
{
    private readonly PositionRange[]? _refused;

    /// <summary>
    /// Sequences of batches of which messages were refused: where that was not heard, nobody can say any more of which.
    /// In a write those since the last one, in a snapshot all that are remembered.
    /// </summary>
    public PositionRange[] Refused
    {
        get => _refused ?? [];
        init => _refused = value.Length == 0 ? null : value;
    }

    /// <summary>When the journal was last told, Unix time in milliseconds; in a snapshot only.</summary>
    public long At { get; init; }
}

/// <summary>How a publisher introduces itself to an incarnation of a queue.</summary>
/// <param name="Publisher">As <see cref="PublisherMark.Publisher"/>; 0 for one that sends nothing again.</param>
/// <param name="ConfirmedSequence">It knows of all batches up to this one what became of them.</param>
/// <param name="SentSequence">Batches up to this one went to earlier incarnations, so their messages may have been delivered.</param>
public readonly record struct LinkOpening(long Publisher, long ConfirmedSequence, long SentSequence);

/// <summary>What a queue answers to <see cref="LinkOpening"/>.</summary>
/// <param name="KnownSequence">All batches up to this one are safe. Those behind it are to be sent again, with the same sequences.</param>
public readonly record struct LinkStanding(long KnownSequence)
{
    private readonly PositionRange[]? _refused;

    /// <summary>Of those up to there, the batches of which some messages may have been refused.</summary>
    public PositionRange[] Refused
    {
        get => _refused ?? [];
        init => _refused = value.Length == 0 ? null : value;
    }

    /// <summary>Some messages of that batch may have been refused, if it is among the known ones.</summary>
    public bool MayHaveRefused(long sequence) =>
        _refused is not null && Array.Exists(_refused, range => sequence >= range.First && sequence < range.End);
}

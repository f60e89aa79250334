namespace ActorBroker.Contracts.Transfer;

/// <summary>
/// One step of a line, from the <see cref="TransferActor"/> of one node to that of another. A line is what one actor tells
/// the actors of one other node while something large is under way: a stream in which each message takes a place for
/// itself and one for each byte of its form.
/// </summary>
/// <param name="Line">The line; counts up, and is never used again.</param>
/// <param name="Offset">Where in the line this part is.</param>
/// <param name="Sender">Path of the actor that speaks, at the start of the line; else null. Empty: nobody.</param>
/// <param name="Start">The message that begins here; null within one, and where there is none.</param>
/// <param name="Bytes">At most <see cref="PartLimits.PartBytes"/> of the message's form; borrowed from what holds it.</param>
internal sealed record MessagePart(long Line, long Offset, string? Sender, MessageStart? Start, ReadOnlyMemory<byte> Bytes) : IBrokerMessage
{
    /// <summary>Nothing follows for now: the sender wants to know when it has arrived.</summary>
    public bool AsksForAnswer { get; init; }

    /// <summary>All has arrived, and nothing follows: the line may be forgotten.</summary>
    public bool IsEnd { get; init; }

    /// <summary>Places in the line that it takes.</summary>
    public int Size => Bytes.Length + (Start is null ? 0 : 1);
}

/// <summary>A message of a line.</summary>
/// <param name="Recipient">Path of the actor that it is for.</param>
/// <param name="Manifest">Of its form.</param>
/// <param name="Length">Bytes of its form.</param>
internal sealed record MessageStart(string Recipient, string Manifest, int Length);

/// <summary>The other node's answer to parts of a line.</summary>
/// <param name="Line">The line.</param>
/// <param name="Received">All before this offset has arrived.</param>
/// <param name="Limit">Nothing at or behind this offset is wanted yet.</param>
/// <param name="Again">What was sent from <see cref="Received"/> on was dropped, and has to be sent again.</param>
internal sealed record PartsTaken(long Line, long Received, long Limit, bool Again) : IBrokerMessage;

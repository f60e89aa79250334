using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Sessions;

/// <summary>Whether a target can be published to right now.</summary>
public enum TargetStatus : byte
{
    /// <summary>Go ahead.</summary>
    Ready = 0,

    /// <summary>This node is fetching its routing table: wait.</summary>
    Loading = 1,

    /// <summary>No such exchange.</summary>
    NotFound = 2,

    /// <summary>The exchange is internal.</summary>
    Internal = 3,

    /// <summary>The user may not: see <see cref="PublishTarget.Refusal"/>.</summary>
    Refused = 4,
}

/// <summary>
/// An exchange and a routing key that a session publishes to, with what the implementation of
/// <see cref="IBrokerSession"/> caches for it. Belongs to one session.
/// </summary>
public abstract class PublishTarget
{
    /// <summary>Creates the part that protocols see.</summary>
    protected PublishTarget(MessageRoute route) => Route = route;

    /// <summary>Exchange and routing key.</summary>
    public MessageRoute Route { get; }

    /// <summary>Why it was last <see cref="TargetStatus.Refused"/>.</summary>
    public Refusal? Refusal { get; protected set; }
}

/// <summary>
/// Where a message's bytes are. Either in two places of source arrays that will be copied at the end of the read, or,
/// for a large message, already laid out as one <see cref="MessageRecord"/> in an array that is handed over.
/// </summary>
public readonly struct PublishedMessage
{
    private PublishedMessage(
        byte[] propertiesSource, int propertiesOffset, int propertiesLength,
        byte[] bodySource, int bodyOffset, int bodyLength,
        MessageFormat format, MessageFlags flags, byte priority, bool isRecord)
    {
        PropertiesSource = propertiesSource;
        PropertiesOffset = propertiesOffset;
        PropertiesLength = propertiesLength;
        BodySource = bodySource;
        BodyOffset = bodyOffset;
        BodyLength = bodyLength;
        Format = format;
        Flags = flags;
        Priority = priority;
        IsRecord = isRecord;
    }

    /// <summary>The array with the properties; for a record, the record's array.</summary>
    public byte[] PropertiesSource { get; }

    /// <summary>Where the properties start.</summary>
    public int PropertiesOffset { get; }

    /// <summary>Length of the properties.</summary>
    public int PropertiesLength { get; }

    /// <summary>The array with the body.</summary>
    public byte[] BodySource { get; }

    /// <summary>Where the body starts.</summary>
    public int BodyOffset { get; }

    /// <summary>Length of the body.</summary>
    public int BodyLength { get; }

    /// <summary>How the properties are encoded.</summary>
    public MessageFormat Format { get; }

    /// <summary>What the queue must know.</summary>
    public MessageFlags Flags { get; }

    /// <summary>The message's priority, 0 when it has none.</summary>
    public byte Priority { get; }

    /// <summary>
    /// <see cref="PropertiesSource"/> holds one whole record from index 0 on, with room for its header, which the
    /// session fills in; the array's ownership goes to the session.
    /// </summary>
    public bool IsRecord { get; }

    /// <summary>Size of the message's record.</summary>
    public int RecordLength => MessageRecord.SizeOf(PropertiesLength, BodyLength);

    /// <summary>The same message with other properties in the same format, which are copied at the end of the read as the body is.</summary>
    public PublishedMessage WithProperties(byte[] properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        return InPlaces(properties, 0, properties.Length, BodySource, BodyOffset, BodyLength, Format, Flags, Priority);
    }

    /// <summary>A message whose parts are copied at the end of the read.</summary>
    public static PublishedMessage InPlaces(
        byte[] propertiesSource, int propertiesOffset, int propertiesLength, byte[] bodySource, int bodyOffset, int bodyLength,
        MessageFormat format, MessageFlags flags, byte priority) =>
        new(propertiesSource, propertiesOffset, propertiesLength, bodySource, bodyOffset, bodyLength, format, flags, priority, isRecord: false);

    /// <summary>A message laid out as a record: twelve free bytes, properties, body. The array is handed over.</summary>
    public static PublishedMessage AsRecord(
        byte[] record, int propertiesLength, int bodyLength, MessageFormat format, MessageFlags flags, byte priority) =>
        new(record, MessageRecord.HeaderSize, propertiesLength, record, MessageRecord.HeaderSize + propertiesLength, bodyLength, format, flags, priority, isRecord: true);
}

/// <summary>Who publishes, and which confirm the publish asks for: the tags of a channel count up by one with each publish.</summary>
/// <param name="Channel">
/// A number from 1 up that stands for one channel from its opening to its end, or -1 for none. Not the protocol's channel
/// number, which a client may use again at once while confirms of the old channel are still on their way.
/// </param>
/// <param name="Tag">The publish's sequence number in its channel, from 1; 0 for no confirm.</param>
public readonly record struct PublishConfirm(int Channel, ulong Tag)
{
    /// <summary>Of no channel, and no confirm wanted.</summary>
    public static PublishConfirm None => new(-1, 0);

    /// <summary>True when a confirm is wanted.</summary>
    public bool IsWanted => Tag > 0;
}

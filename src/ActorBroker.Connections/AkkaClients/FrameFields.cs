namespace ActorBroker.Connections.AkkaClients;

/// <summary>
/// One field of a message in Protobuf's form, found without reading the others. What has the field twice is not sound
/// here: readers that join the two would see something else.
/// </summary>
internal readonly ref struct FrameFields
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    /// <param name="message">The message.</param>
    /// <param name="field">Number of the field.</param>
    public FrameFields(ReadOnlySpan<byte> message, int field)
    {
        var rest = message;
        while (rest.Length > 0)
        {
            if (!TryVarint(ref rest, out var tag) || !TryValue(ref rest, (int)(tag & 7), out var number, out var length))
            {
                return;
            }

            if ((int)(tag >> 3) == field)
            {
                if (IsThere)
                {
                    return;
                }

                (IsThere, Number) = (true, number);
                Bytes = message[(message.Length - rest.Length)..][..length];
            }

            rest = rest[length..];
        }

        IsSound = true;
    }

    /// <summary>The message can be read, and has the field once at most.</summary>
    public bool IsSound { get; }

    /// <summary>The message has the field.</summary>
    public bool IsThere { get; }

    /// <summary>What is in the field; empty when it is a number of variable length.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>The number in the field; 0 when it has bytes.</summary>
    public ulong Number { get; }

    // Reads up to the bytes of a field of that kind.
    private static bool TryValue(ref ReadOnlySpan<byte> rest, int type, out ulong number, out int length)
    {
        (number, length) = (0, 0);
        switch (type)
        {
            case Varint:
                return TryVarint(ref rest, out number);
            case Fixed64:
                length = sizeof(ulong);
                return rest.Length >= length;
            case Fixed32:
                length = sizeof(uint);
                return rest.Length >= length;
            case LengthDelimited when TryVarint(ref rest, out var bytes) && bytes <= (ulong)rest.Length:
                length = (int)bytes;
                return true;
            default:
                return false;
        }
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < rest.Length && i < 10; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}

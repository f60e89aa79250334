namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>The types of frames (AMQP 0-9-1 §4.2.3).</summary>
public enum FrameType : byte
{
    Method = 1,
    Header = 2,
    Body = 3,
    Heartbeat = 8,
}

/// <summary>
/// The layout that all frames share (AMQP 0-9-1 §4.2.3):
/// <code>
/// 0      1         3             7                  size+7
/// | type | channel | size:uint32 | payload (size)  | 0xCE |
/// </code>
/// </summary>
public static class Frame
{
    /// <summary>Type, channel and size.</summary>
    public const int HeaderSize = 7;

    /// <summary>What a frame takes besides its payload: its header and the end octet.</summary>
    public const int Overhead = HeaderSize + 1;

    public const byte EndOctet = 0xCE;

    /// <summary>The frame-max that every peer must accept before and after tuning (§4.2.3, frame-min-size).</summary>
    public const int MinSizeMax = 4096;
}

/// <summary>
/// A frame, or a piece of a body frame, as coordinates into the buffer that <see cref="FrameDecoder.Read"/> was given: valid as
/// long as the caller keeps those bytes in place.
/// </summary>
/// <param name="IsStart">The piece begins its frame. True for all frames but body frames that arrive in pieces.</param>
/// <param name="IsEnd">The piece ends its frame, and the end octet was right. A last piece may be empty.</param>
public readonly record struct FrameSlice(
    FrameType Type, ushort Channel, int PayloadOffset, int PayloadLength, bool IsStart, bool IsEnd);

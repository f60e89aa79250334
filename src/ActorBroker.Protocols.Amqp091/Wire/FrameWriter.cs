using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;

namespace ActorBroker.Protocols.Amqp091.Wire;

/// <summary>
/// Writes whole frames, and the two ends of a body frame, in the layout of <see cref="Frame"/>. Sizes are known before anything
/// is written, so that several frames can be laid out in one span. The methods on spans need that many bytes and return
/// how many they wrote.
/// </summary>
public static class FrameWriter
{
    /// <summary>A heartbeat frame (AMQP 0-9-1 §4.2.7).</summary>
    public static ReadOnlySpan<byte> Heartbeat => [(byte)FrameType.Heartbeat, 0, 0, 0, 0, 0, 0, Frame.EndOctet];

    public static int GetMethodFrameSize<TMethod>(in TMethod method)
        where TMethod : IMethod<TMethod>, allows ref struct =>
        Frame.Overhead + sizeof(uint) + method.GetArgumentsSize();

    public static int WriteMethod<TMethod>(Span<byte> destination, ushort channel, in TMethod method)
        where TMethod : IMethod<TMethod>, allows ref struct
    {
        var frameSize = GetMethodFrameSize(method);
        WriteMethod(destination[..frameSize], channel, method, frameSize);
        return frameSize;
    }

    public static void WriteMethod<TMethod>(IBufferWriter<byte> output, ushort channel, in TMethod method)
        where TMethod : IMethod<TMethod>, allows ref struct
    {
        ArgumentNullException.ThrowIfNull(output);
        var frameSize = GetMethodFrameSize(method);
        WriteMethod(output.GetSpan(frameSize)[..frameSize], channel, method, frameSize);
        output.Advance(frameSize);
    }

    public static int GetContentHeaderFrameSize(int propertiesLength) => Frame.Overhead + ContentHeader.FixedSize + propertiesLength;

    /// <param name="bodySize">The size of the whole body in bytes.</param>
    /// <param name="properties">Everything from the property flags on.</param>
    public static int WriteContentHeader(Span<byte> destination, ushort channel, ulong bodySize, ReadOnlySpan<byte> properties)
    {
        var frameSize = GetContentHeaderFrameSize(properties.Length);
        var frame = destination[..frameSize];
        WriteHeader(frame, FrameType.Header, channel, frameSize - Frame.Overhead);
        var payload = frame[Frame.HeaderSize..];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)MethodId.ClassOf(MethodId.BasicPublish) << 16);
        BinaryPrimitives.WriteUInt64BigEndian(payload[4..], bodySize);
        properties.CopyTo(payload[ContentHeader.FixedSize..]);
        frame[^1] = Frame.EndOctet;
        return frameSize;
    }

    /// <summary>
    /// Writes what comes before a body frame's payload; the payload and an end octet (<see cref="Frame.EndOctet"/>) must follow.
    /// </summary>
    public static int WriteBodyHeader(Span<byte> destination, ushort channel, int payloadLength)
    {
        WriteHeader(destination, FrameType.Body, channel, payloadLength);
        return Frame.HeaderSize;
    }

    /// <summary>The size in bytes of all the body frames that a body takes; none for an empty one.</summary>
    /// <param name="frameMax">The negotiated limit, the overhead of a frame included.</param>
    public static long GetBodyFramesSize(long bodyLength, int frameMax)
    {
        var payloadMax = PayloadMax(frameMax);
        return bodyLength + ((bodyLength + payloadMax - 1) / payloadMax * Frame.Overhead);
    }

    /// <summary>Writes a body in as many body frames as it takes.</summary>
    /// <param name="frameMax">The negotiated limit, the overhead of a frame included.</param>
    public static int WriteBodyFrames(Span<byte> destination, ushort channel, ReadOnlySpan<byte> body, int frameMax)
    {
        var payloadMax = PayloadMax(frameMax);
        var position = 0;
        while (!body.IsEmpty)
        {
            var payload = body[..Math.Min(body.Length, payloadMax)];
            position += WriteBodyHeader(destination[position..], channel, payload.Length);
            payload.CopyTo(destination[position..]);
            position += payload.Length;
            destination[position++] = Frame.EndOctet;
            body = body[payload.Length..];
        }

        return position;
    }

    internal static void WriteHeader(Span<byte> destination, FrameType type, ushort channel, int payloadLength)
    {
        destination[0] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], channel);
        BinaryPrimitives.WriteUInt32BigEndian(destination[3..], (uint)payloadLength);
    }

    private static void WriteMethod<TMethod>(Span<byte> frame, ushort channel, in TMethod method, int frameSize)
        where TMethod : IMethod<TMethod>, allows ref struct
    {
        WriteHeader(frame, FrameType.Method, channel, frameSize - Frame.Overhead);
        var writer = new WireWriter(frame[Frame.HeaderSize..^1]);
        writer.WriteUInt32(TMethod.Id);
        method.WriteArguments(ref writer);
        Debug.Assert(writer.Position == frameSize - Frame.Overhead, "a method's computed size and what it writes differ");
        frame[^1] = Frame.EndOctet;
    }

    private static int PayloadMax(int frameMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameMax, Frame.MinSizeMax);
        return frameMax - Frame.Overhead;
    }
}

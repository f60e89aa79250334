using ActorBroker.Core.Messages;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;

namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>Writes deliveries from the records of a batch: a method frame, the content header, body frames.</summary>
internal sealed class DeliveryEncoder(int frameMax)
{
    /// <summary>Bodies from this size on are referred to instead of copied.</summary>
    public const int BorrowedBodySizeMin = 16 * 1024;

    private readonly int _payloadMax = frameMax - Frame.Overhead;
    private readonly DeliveryHeaders _headers = new();

    /// <param name="index">The message's place in the segment.</param>
    /// <returns>How many bytes were written.</returns>
    public int WriteDelivery(
        IOutput output, BasicDeliverTemplate template, ushort channel, ulong deliveryTag, in DeliverySegment segment, int index)
    {
        var message = segment.Batch[segment.StartIndex + index];
        var bodyLength = message.BodyLength;
        if (bodyLength > _payloadMax || bodyLength >= BorrowedBodySizeMin)
        {
            template.Write(output.GetSpan(template.Size), deliveryTag, segment.Redelivered);
            output.Advance(template.Size);
            return template.Size + WriteContent(output, channel, segment, index);
        }

        var properties = PropertiesOf(segment, index);
        var size = template.Size
            + FrameWriter.GetContentHeaderFrameSize(properties.Length)
            + (bodyLength == 0 ? 0 : bodyLength + Frame.Overhead);
        var frames = output.GetSpan(size);
        var position = template.Write(frames, deliveryTag, segment.Redelivered);
        position += FrameWriter.WriteContentHeader(frames[position..], channel, (ulong)bodyLength, properties);
        if (bodyLength > 0)
        {
            position += FrameWriter.WriteBodyHeader(frames[position..], channel, bodyLength);
            message.Body.CopyTo(frames[position..]);
            position += bodyLength;
            frames[position] = Frame.EndOctet;
        }

        output.Advance(size);
        return size;
    }

    /// <summary>The properties as the client sees them. Valid until the next call of any method.</summary>
    public ReadOnlySpan<byte> PropertiesOf(in DeliverySegment segment, int index) => DeliveryHeaders.AreAdded(segment)
        ? _headers.AddTo(segment, index)
        : segment.Batch[segment.StartIndex + index].Properties;

    /// <summary>Writes the content header and the body frames of a message. Returns how many bytes that were.</summary>
    public int WriteContent(IOutput output, ushort channel, in DeliverySegment segment, int index)
    {
        var body = segment.Batch.BodyOf(segment.StartIndex + index);
        var written = WriteHeader(output, channel, PropertiesOf(segment, index), body.Length);
        while (!body.IsEmpty)
        {
            var payload = body[..Math.Min(body.Length, _payloadMax)];
            output.Advance(FrameWriter.WriteBodyHeader(output.GetSpan(Frame.HeaderSize), channel, payload.Length));
            if (payload.Length >= BorrowedBodySizeMin)
            {
                output.AppendBorrowed(payload);
            }
            else
            {
                payload.Span.CopyTo(output.GetSpan(payload.Length));
                output.Advance(payload.Length);
            }

            output.GetSpan(1)[0] = Frame.EndOctet;
            output.Advance(1);
            written += payload.Length + Frame.Overhead;
            body = body[payload.Length..];
        }

        return written;
    }

    /// <summary>Writes content whose bytes are only borrowed for the call.</summary>
    public void WriteCopiedContent(IOutput output, ushort channel, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> body)
    {
        WriteHeader(output, channel, properties, body.Length);
        var size = (int)FrameWriter.GetBodyFramesSize(body.Length, frameMax);
        if (size > 0)
            output.Advance(FrameWriter.WriteBodyFrames(output.GetSpan(size), channel, body, frameMax));
    }

    private static int WriteHeader(IOutput output, ushort channel, ReadOnlySpan<byte> properties, int bodyLength)
    {
        var size = FrameWriter.GetContentHeaderFrameSize(properties.Length);
        output.Advance(FrameWriter.WriteContentHeader(output.GetSpan(size), channel, (ulong)bodyLength, properties));
        return size;
    }
}

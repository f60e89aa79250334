using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

/// <summary>The headers that a queue adds to a delivery.</summary>
public sealed class DeliveryHeaderTests
{
    private static readonly string[] Names = ["a", "b", "x-delivery-count", "x-acquired-count", "x-stream-offset"];

    private static readonly Gen<BasicProperties> Properties = Gen.Select(
        Gen.Bool, Gen.Bool, Gen.Bool, Gen.OneOf(Gen.Const((ArgumentTable?)null), Headers()),
        (hasType, hasEncoding, hasOthers, headers) => new BasicProperties
        {
            ContentType = hasType ? "text/plain" : null,
            ContentEncoding = hasEncoding ? "gzip" : null,
            Headers = headers,
            DeliveryMode = hasOthers ? (byte)2 : null,
            MessageId = hasOthers ? "id" : null,
            ClusterId = hasOthers ? "c" : null,
        });

    [Fact]
    public void Counts_and_offset_are_added_to_whatever_properties_a_message_has() =>
        Gen.Select(Properties, Gen.Int[0, 3], Gen.Int[0, 3], Gen.Bool, Gen.OneOf(Gen.Const(10), Gen.Const(20_000))).Sample(
            (properties, deliveryCount, acquiredCount, isOfStream, bodyLength) =>
            {
                var segment = Conversation.Segment(7, 2, new byte[bodyLength], redelivered: true, properties.ToArray()) with
                {
                    DeliveryCount = deliveryCount,
                    AcquiredCount = acquiredCount,
                    IsOfStream = isOfStream,
                };
                var conversation = Conversation.Opened();
                var consumer = conversation.Consume("t");
                conversation.Connection.OnDeliveries(consumer, [segment]);
                var delivered = HeadersIn(conversation.Settle().TakeFrames());

                Assert.Equal([Expected(properties, segment, 0), Expected(properties, segment, 1)], delivered);

                conversation.Session.GetReply = new GetReply(null, segment with { Count = 1 }, 0);
                conversation.Exchange(new BasicGet("q", true));
                Assert.Equal([Expected(properties, segment, 0)], HeadersIn(conversation.TakeFrames()));
            },
            iter: 300);

    private static string Expected(BasicProperties properties, DeliverySegment segment, int index)
    {
        var added = new List<(string, ArgumentValue)>();
        if (segment.DeliveryCount > 0)
            added.Add(("x-delivery-count", ArgumentValue.FromInt64(segment.DeliveryCount)));
        if (segment.AcquiredCount > 0)
            added.Add(("x-acquired-count", ArgumentValue.FromInt64(segment.AcquiredCount)));
        if (segment.IsOfStream)
            added.Add(("x-stream-offset", ArgumentValue.FromInt64(segment.FirstPosition + index)));
        if (added.Count == 0)
            return Convert.ToHexString(properties.ToArray());
        var kept = new List<(string, ArgumentValue)>();
        foreach (var (name, value) in properties.Headers ?? ArgumentTable.Empty)
        {
            if (name is "a" or "b")
                kept.Add((name, value));
        }

        return Convert.ToHexString((properties with { Headers = ArgumentTable.Of([.. kept, .. added]) }).ToArray());
    }

    private static List<string> HeadersIn(List<ReplyFrame> frames) => frames
        .Where(frame => frame.Type == FrameType.Header)
        .Select(frame => Convert.ToHexString(ContentHeader.Read(frame.Payload).Properties)).ToList();

    private static Gen<ArgumentTable?> Headers() =>
        Gen.Select(Gen.Shuffle(Names), Gen.Int[0, 5], (names, count) =>
            (ArgumentTable?)ArgumentTable.Of([.. names.Take(count).Select(name => (name, ArgumentValue.FromInt32(5)))]));
}

using ActorBroker.Core.Messages;
using CsCheck;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>Batches whose records stand anywhere in their slab, and runs of them.</summary>
internal static class GeneratedBatches
{
    private static readonly Gen<MessageRoute> Route =
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 0, 5], Gen.String[Gen.Char['a', 'z'], 0, 5], MessageRoute.Create);

    private static readonly Gen<(byte[] Properties, byte[] Body, byte Flags, byte Priority, int Route, int Gap)> Message =
        Gen.Select(Gen.Byte.Array[0, 20], Gen.Byte.Array[0, 60], Gen.Byte, Gen.Byte, Gen.Int[0, 1000], Gen.OneOf(Gen.Const(0), Gen.Int[1, 5]));

    public static Gen<MessageBatch> Batch { get; } = BatchOf(0);

    public static Gen<DeliverySegment> Segment { get; } =
        Gen.Select(BatchOf(1), Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Long, Gen.Bool, Gen.Int[0, 2], Gen.Int[0, 2], Gen.Bool.Select(Gen.Long[0, 2]),
            (batch, start, count, position, redelivered, deliveryCount, acquiredCount, history) =>
            {
                var first = start % batch.Count;
                return new DeliverySegment(batch, first, 1 + (count % (batch.Count - first)), position, redelivered)
                {
                    DeliveryCount = deliveryCount,
                    AcquiredCount = acquiredCount,
                    IsOfStream = history.Item1,
                    WrittenAt = history.Item2,
                };
            });

    private static Gen<MessageBatch> BatchOf(int leastCount) =>
        Gen.Select(Route.Array[1, 4], Message.Array[leastCount, 12], (routes, messages) =>
        {
            var slab = new byte[messages.Sum(m => m.Gap + MessageRecord.SizeOf(m.Properties.Length, m.Body.Length))];
            var offsets = new int[messages.Length];
            var position = 0;
            for (var i = 0; i < messages.Length; i++)
            {
                var (properties, body, flags, priority, route, gap) = messages[i];
                offsets[i] = position += gap;
                MessageRecord.WriteHeader(
                    slab.AsSpan(position), MessageFormat.Amqp091, properties.Length, body.Length, route % routes.Length, (MessageFlags)flags, priority);
                properties.CopyTo(slab, position + MessageRecord.HeaderSize);
                body.CopyTo(slab, position + MessageRecord.HeaderSize + properties.Length);
                position += MessageRecord.SizeOf(properties.Length, body.Length);
            }

            return new MessageBatch(slab, offsets, routes);
        });
}

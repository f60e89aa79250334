using ActorBroker.Broker.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Tests.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>What a consumer of another node gets at a time.</summary>
public sealed class DeliveryCutSpec
{
    private static readonly Gen<DeliverySegment[]> Segments = Gen.Select(
        Gen.OneOf(Gen.Int[0, 300], Gen.Int[0, 30_000], Gen.Int[0, 200_000]).Array[1, 30], Gen.Long[1, 1000], Gen.Bool,
        static (sizes, first, redelivered) =>
        {
            var batch = TestBatches.Of([.. sizes.Select(static size => new TestMessage(new byte[size]))]);
            var start = sizes.Length / 3;
            return new DeliverySegment(batch, start, sizes.Length - start, first, redelivered);
        }).Array[1, 6];

    [Fact]
    public void The_same_messages_come_in_the_same_order_and_at_the_same_positions() =>
        Segments.Sample(static segments => Assert.Equal(
            Messages(segments), Messages([.. DeliveryCut.Of(segments).SelectMany(static some => some)])));

    [Fact]
    public void What_comes_at_a_time_is_written_in_64_KiB_or_is_one_message() =>
        Segments.Sample(static segments =>
        {
            foreach (var some in DeliveryCut.Of(segments))
            {
                Assert.NotEmpty(some);
                var bytes = some.Sum(static segment => MessageBatchCodec.GetSize(segment.Batch, segment.StartIndex, segment.Count) + 33);
                Assert.True(bytes + 8 <= 64 * 1024 || (some.Length == 1 && some[0].Count == 1), $"{bytes} bytes of {some.Length} segments");
            }
        });

    private static (long Position, int Length, bool Redelivered)[] Messages(DeliverySegment[] segments) =>
    [
        .. segments.SelectMany(static segment => Enumerable.Range(0, segment.Count).Select(
            i => (segment.FirstPosition + i, segment.Batch[segment.StartIndex + i].RecordLength, segment.Redelivered))),
    ];
}

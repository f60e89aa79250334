using ActorBroker.Contracts.Serialization;
using ActorBroker.Core.Collections;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Lifetime;
using CsCheck;
using Xunit;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>The written form of what a queue notes of its messages.</summary>
public sealed class QueueNotesSpec
{
    private static readonly Gen<PositionRun[]> Runs = Gen.Select(
        Gen.Long[0, long.MaxValue / 2], Gen.Long[1, 1000], Gen.OneOf(Gen.Long, Gen.Long[0, 5]),
        static (first, count, value) => new PositionRun(new PositionRange(first, count), value)).Array[0, 20];

    private static readonly Gen<RememberedIdentity[]> Identities = Gen.Select(
        Gen.ULong, Gen.ULong, Gen.Long, Gen.Long,
        static (upper, lower, position, at) => new RememberedIdentity(new UInt128(upper, lower), position, at)).Array[0, 20];

    [Fact]
    public void Runs_are_read_as_they_were_written() =>
        Runs.Sample(static runs => Assert.Equal(runs, QueueNotesCodec.ReadRuns(QueueNotesCodec.Write(runs))));

    [Fact]
    public void Identities_are_read_as_they_were_written() =>
        Identities.Sample(static identities => Assert.Equal(identities, QueueNotesCodec.ReadIdentities(QueueNotesCodec.Write(identities))));

    [Fact]
    public void Arbitrary_bytes_are_read_or_refused() =>
        Gen.Byte.Array[0, 60].Sample(static bytes =>
        {
            Assert.True(Record.Exception(() => QueueNotesCodec.ReadRuns(bytes)) is null or InvalidDataException);
            Assert.True(Record.Exception(() => QueueNotesCodec.ReadIdentities(bytes)) is null or InvalidDataException);
        });

    [Fact]
    public void A_count_beyond_the_bytes_allocates_nothing()
    {
        byte[] bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0];

        Assert.Throws<InvalidDataException>(() => QueueNotesCodec.ReadRuns(bytes));
        Assert.Throws<InvalidDataException>(() => QueueNotesCodec.ReadIdentities(bytes));
    }
}

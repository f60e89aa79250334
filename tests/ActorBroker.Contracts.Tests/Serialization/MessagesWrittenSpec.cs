using System.Buffers.Binary;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>The sections of the event that keeps messages.</summary>
public sealed class MessagesWrittenSpec(SerializationSystem written) : IClassFixture<SerializationSystem>
{
    private const string Manifest = "qe-written1";
    private const int ChecksumSectionSize = 9;
    private const byte Skippable = 0x80;

    private readonly MessagesWritten _sample = (MessagesWritten)GoldenSamples.ByManifest[Manifest + "+notes"];

    [Fact]
    public void A_section_of_a_later_version_is_skipped_when_it_says_so() =>
        Assert.Equal(ContentText.Of(_sample), ContentText.Of(Read(WithSection(Skippable | 9, [1, 2, 3]))));

    [Fact]
    public void A_section_of_a_later_version_that_must_be_known_is_refused()
    {
        var refused = Assert.IsType<UnreadableEvent>(written.Read(WithSection(99, [1, 2, 3]), typeof(MessagesWritten), Manifest));

        Assert.Contains("type 99", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("newer version", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_skipped_section_is_under_the_checksum_all_the_same()
    {
        var bytes = WithSection(Skippable | 9, [1, 2, 3]);
        bytes[^(ChecksumSectionSize + 1)] ^= 1;

        Assert.NotNull(Read(bytes).Damage);
    }

    [Fact]
    public void Of_a_damaged_batch_the_positions_are_known_and_the_rest_of_the_event_is_read()
    {
        var bytes = written.Write(_sample);
        var body = bytes.AsSpan().IndexOf("first"u8);
        Assert.True(body > 0);
        bytes[body] ^= 0x10;

        var read = Read(bytes);

        Assert.NotNull(read.Damage);
        Assert.Equal(_sample.Write.Batches.Length - 1, read.Write.Batches.Length);
        var lost = Assert.Single(read.Lost);
        Assert.Equal(new PositionRange(_sample.Write.Batches[0].FirstPosition, _sample.Write.Batches[0].Batch.Count), lost);
        Assert.Equal(_sample.Write.Settled, read.Write.Settled);
    }

    [Fact]
    public void Of_a_damaged_event_nothing_is_read_but_what_it_was_about()
    {
        var bytes = written.Write(_sample);
        bytes[5] ^= 1;

        var read = Read(bytes);

        Assert.NotNull(read.Damage);
        Assert.Empty(read.Write.Batches);
        Assert.Equal(
            _sample.Write.Batches.Select(static placed => new PositionRange(placed.FirstPosition, placed.Batch.Count)), read.Lost);
    }

    [Fact]
    public void Arbitrary_bytes_are_damage() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.NotNull(Read(bytes).Damage), iter: 1000);

    private MessagesWritten Read(byte[] bytes) => (MessagesWritten)written.Read(bytes, typeof(MessagesWritten), Manifest);

    // The checksum leaves out the batches, which the sample's own checksum has covered: it goes on from there.
    private byte[] WithSection(byte type, byte[] payload)
    {
        var bytes = written.Write(_sample);
        var before = bytes[..^ChecksumSectionSize];
        var section = new byte[5 + payload.Length];
        section[0] = type;
        BinaryPrimitives.WriteInt32LittleEndian(section.AsSpan(1), payload.Length);
        payload.CopyTo(section, 5);
        var checksum = bytes[^ChecksumSectionSize..];
        BinaryPrimitives.WriteUInt32LittleEndian(
            checksum.AsSpan(5), Crc32C.Append(BinaryPrimitives.ReadUInt32LittleEndian(checksum.AsSpan(5)), section));
        return [.. before, .. section, .. checksum];
    }
}

using System.Buffers.Binary;
using System.Runtime.Serialization;
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

    [Theory]
    [InlineData("+notes")]
    [InlineData("+transactions")]
    public void Any_changed_byte_is_found(string sample)
    {
        var bytes = written.Write(GoldenSamples.ByManifest[Manifest + sample]);
        for (var place = 0; place < bytes.Length; place++)
        {
            var damaged = bytes.ToArray();
            damaged[place] ^= 0x04;
            var failure = Assert.Throws<SerializationException>(() => Read(damaged));
            Assert.IsType<InvalidDataException>(failure.InnerException);
        }
    }

    [Theory]
    [InlineData("+notes")]
    [InlineData("+transactions")]
    public void An_event_that_ends_early_anywhere_is_refused(string sample)
    {
        var bytes = written.Write(GoldenSamples.ByManifest[Manifest + sample]);
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Throws<SerializationException>(() => Read(cut));
        }
    }

    [Fact]
    public void A_section_of_a_later_version_is_skipped_when_it_says_so() =>
        Assert.Equal(ContentText.Of(_sample), ContentText.Of(Read(WithSection(Skippable | 9, [1, 2, 3]))));

    [Fact]
    public void A_section_of_a_later_version_that_must_be_known_is_refused()
    {
        var failure = Assert.Throws<SerializationException>(() => Read(WithSection(99, [1, 2, 3])));

        Assert.Contains("type 99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_skipped_section_is_under_the_checksum_all_the_same()
    {
        var bytes = WithSection(Skippable | 9, [1, 2, 3]);
        bytes[^(ChecksumSectionSize + 1)] ^= 1;

        Assert.Throws<SerializationException>(() => Read(bytes));
    }

    [Fact]
    public void Arbitrary_bytes_are_refused() =>
        Gen.Byte.Array[0, 200].Sample(bytes => Assert.IsType<SerializationException>(Record.Exception(() => Read(bytes))), iter: 1000);

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

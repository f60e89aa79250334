using ActorBroker.Contracts.Queues;
using CsCheck;
using Xunit;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>Whatever happens to the bytes of the journal, what is read is what was written, or is known to be damaged.</summary>
public sealed class DamageSpec(SerializationSystem written) : IClassFixture<SerializationSystem>
{
    // What reading may allocate for each byte that is there, and besides.
    private const int AllocationFactor = 64;
    private const int AllocationBase = 200_000;

    public static TheoryData<string> Samples => [.. GoldenSamples.ByManifest.Keys];

    public static TheoryData<Type> Types => [.. SerializationSystem.JournalTypes];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Any_flipped_bit_of_a_golden_sample_is_found(string sample)
    {
        var bytes = written.Write(GoldenSamples.ByManifest[sample]);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var damaged = bytes.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            AssertDamaged(GoldenSamples.ByManifest[sample], damaged);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_golden_sample_that_ends_early_anywhere_is_found(string sample)
    {
        var bytes = written.Write(GoldenSamples.ByManifest[sample]);
        for (var length = 0; length < bytes.Length; length++)
        {
            AssertDamaged(GoldenSamples.ByManifest[sample], bytes[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Bits_that_flip_in_any_event_or_snapshot_are_found(Type type) =>
        Gen.Select(written.Content.Of(type), Gen.Int[0, int.MaxValue], Gen.Int[0, 7]).Sample(
            (value, place, bit) =>
            {
                var bytes = written.Write(value!);
                bytes[place % bytes.Length] ^= (byte)(1 << bit);
                AssertDamaged(value!, bytes);
            },
            iter: 100,
            threads: 1);

    private static string[] BatchesOf(MessagesWritten written) =>
        [.. written.Write.Batches.Concat(written.Write.Copies).Select(static placed => ContentText.Of(placed))];

    private void AssertDamaged(object sample, byte[] damaged)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = written.Read(damaged, sample.GetType(), written.ManifestOf(sample));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            allocated < AllocationBase + (AllocationFactor * damaged.Length), $"{allocated} bytes were allocated to read {damaged.Length}");
        if (read is not MessagesWritten left)
        {
            Assert.IsType<UnreadableEvent>(read);
            return;
        }

        Assert.NotNull(left.Damage);
        var whole = BatchesOf((MessagesWritten)sample);
        var readable = BatchesOf(left);
        Assert.All(readable, placed => Assert.Contains(placed, whole));
        Assert.True(readable.Length < whole.Length || whole.Length == 0 || readable.Length == 0);
    }
}

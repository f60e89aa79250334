using System.Buffers.Binary;
using ActorBroker.Core.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Messages;

public sealed class MessageBatchCodecSpec
{
    private static readonly Gen<MessageBatch> Batch = Gen.Select(
        Gen.Select(Gen.Byte.Array[0, 6], Gen.Byte.Array[0, 6], (exchange, key) => MessageRoute.Create(exchange, key)).Array[1, 200],
        Gen.Select(Gen.Byte.Array[0, 20], Gen.Byte.Array[0, 60], Gen.Int[0, 10_000], Gen.Int[0, 1]).Array[0, 30],
        Build);

    [Fact]
    public void Any_run_of_a_batch_is_read_as_it_was_written() =>
        Gen.Select(Batch, Gen.Int[0, 30], Gen.Int[0, 30], Gen.Int[0, 9]).Sample((batch, from, length, before) =>
        {
            var start = Math.Min(from, batch.Count);
            var count = Math.Min(length, batch.Count - start);
            var size = MessageBatchCodec.GetSize(batch, start, count);
            var array = new byte[before + size + 3];

            Assert.Equal(size, MessageBatchCodec.Write(batch, start, count, array.AsSpan(before)));
            var read = MessageBatchCodec.Read(array, before, size);

            Assert.Equal(count, read.Count);
            Assert.Equal(Enumerable.Range(start, count).Sum(index => batch.RecordOf(index).Length), read.SizeBytes);
            Assert.True(read.Routes.Length <= count);
            for (var index = 0; index < count; index++)
            {
                var expected = batch[start + index];
                var actual = read[index];
                Assert.Equal(batch.RouteOf(start + index), read.RouteOf(index));
                Assert.Equal(expected.Properties, actual.Properties);
                Assert.Equal(expected.Body, actual.Body);
                Assert.Equal((expected.Flags, expected.Priority, expected.Format), (actual.Flags, actual.Priority, actual.Format));
            }
        });

    [Fact]
    public void Writing_leaves_the_batch_as_it_was() =>
        Batch.Sample(batch =>
        {
            var before = Enumerable.Range(0, batch.Count).Select(index => batch.RecordOf(index).ToArray()).ToList();

            MessageBatchCodec.Write(batch, new byte[MessageBatchCodec.GetSize(batch)]);

            Assert.All(before, (record, index) => Assert.Equal(record, batch.RecordOf(index).ToArray()));
        });

    [Fact]
    public void Any_changed_bit_is_found() =>
        Gen.Select(Batch, Gen.Int[0, int.MaxValue], Gen.Int[0, 7]).Sample((batch, place, bit) =>
        {
            var bytes = Written(batch);
            bytes[place % bytes.Length] ^= (byte)(1 << bit);

            Assert.Throws<InvalidDataException>(() => MessageBatchCodec.Read(bytes, 0, bytes.Length));
        });

    [Fact]
    public void Damage_under_a_right_checksum_is_found_or_harmless() =>
        Gen.Select(Batch, Gen.Int[0, int.MaxValue], Gen.Byte).Sample((batch, place, damage) =>
        {
            var bytes = Written(batch);
            bytes[place % bytes.Length] ^= damage;
            Seal(bytes);

            var failure = Record.Exception(() => ReadAll(MessageBatchCodec.Read(bytes, 0, bytes.Length)));

            Assert.True(failure is null or InvalidDataException, $"{failure}");
        });

    [Fact]
    public void Arbitrary_bytes_are_refused() =>
        Gen.Byte.Array[0, 100].Sample(bytes => Assert.Throws<InvalidDataException>(() => MessageBatchCodec.Read(bytes, 0, bytes.Length)));

    [Theory]
    [InlineData(2, 0xFF, "routes are more than")]
    [InlineData(7, 0x70, "records cannot be in")]
    [InlineData(11, 0x70, "do not make up its length")]
    [InlineData(1, 2, "0xB1 0x02 instead of 0xB1 0x01")]
    public void Counts_beyond_the_bytes_are_refused_before_anything_is_allocated(int place, byte value, string reason)
    {
        var bytes = Written(Build([MessageRoute.Create("x", "k")], [([], [1, 2, 3], 0, 0)]));
        bytes[place] = value;
        Seal(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var failure = Assert.Throws<InvalidDataException>(() => MessageBatchCodec.Read(bytes, 0, bytes.Length));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_checksum_is_the_castagnoli_one()
    {
        // RFC 3720 §B.4: 32 bytes of zeroes, and 32 that count up.
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(value => (byte)value)]));
    }

    [Fact]
    public void A_checksum_of_parts_is_that_of_the_whole() =>
        Gen.Select(Gen.Byte.Array[0, 50], Gen.Byte.Array[0, 50]).Sample((first, second) =>
            Assert.Equal(Crc32C.Of([.. first, .. second]), Crc32C.Append(Crc32C.Of(first), second)));

    private static byte[] Written(MessageBatch batch)
    {
        var bytes = new byte[MessageBatchCodec.GetSize(batch)];
        MessageBatchCodec.Write(batch, bytes);
        return bytes;
    }

    private static void Seal(byte[] bytes) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), Crc32C.Append(Crc32C.Of(bytes.AsSpan(0, 16)), bytes.AsSpan(20)));

    private static long ReadAll(MessageBatch batch)
    {
        var sum = 0L;
        for (var index = 0; index < batch.Count; index++)
        {
            sum += batch.RecordOf(index).Length + batch[index].Body.Length + batch[index].Properties.Length + batch.RouteOf(index).Encoded.Length;
        }

        return sum;
    }

    // A message with a gap in front of it starts a new run of the slab.
    private static MessageBatch Build(MessageRoute[] routes, (byte[] Properties, byte[] Body, int Route, int Gap)[] messages)
    {
        var slab = new byte[messages.Sum(m => m.Gap + MessageRecord.SizeOf(m.Properties.Length, m.Body.Length))];
        var offsets = new int[messages.Length];
        var position = 0;
        for (var i = 0; i < messages.Length; i++)
        {
            var (properties, body, route, gap) = messages[i];
            offsets[i] = position += gap;
            MessageRecord.WriteHeader(
                slab.AsSpan(position), MessageFormat.Amqp091, properties.Length, body.Length, route % routes.Length, (MessageFlags)(i & 1), (byte)i);
            properties.CopyTo(slab, position + MessageRecord.HeaderSize);
            body.CopyTo(slab, position + MessageRecord.HeaderSize + properties.Length);
            position += MessageRecord.SizeOf(properties.Length, body.Length);
        }

        return new MessageBatch(slab, offsets, routes);
    }
}

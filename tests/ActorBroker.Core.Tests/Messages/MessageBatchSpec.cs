using ActorBroker.Core.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Messages;

/// <summary>Records in a slab, and the routes that they name.</summary>
public sealed class MessageBatchSpec
{
    private static readonly Gen<TestMessage> Message = Gen.Select(
        Gen.Byte.Array[0, 300], Gen.Bool, Gen.Byte, Gen.Byte.Array[0, 40], Gen.Int[0, 2],
        static (body, persistent, priority, properties, route) => new TestMessage(body, persistent, priority, properties, route));

    private static readonly MessageRoute[] Routes =
        [MessageRoute.Create("", "q"), MessageRoute.Create("amq.topic", "a.b"), MessageRoute.Create("ü", new string('k', 255))];

    [Fact]
    public void A_batch_gives_back_every_message_as_it_was_laid_out() =>
        Message.Array[1, 30].Sample(
            static messages =>
            {
                var batch = TestBatches.Of(Routes, messages);
                Assert.Equal(messages.Length, batch.Count);
                Assert.Equal(messages.Sum(static message => message.RecordLength), batch.SizeBytes);
                Assert.Equal(messages.Count(static message => message.Persistent), batch.CountPersistent());
                for (var i = 0; i < messages.Length; i++)
                {
                    AssertEqual(messages[i], batch[i]);
                    Assert.Equal(messages[i].Body, batch.BodyOf(i).ToArray());
                    Assert.Same(Routes[messages[i].Route], batch.RouteOf(i));
                    Assert.Equal(messages[i].RecordLength, batch.RecordOf(i).Length);
                    AssertEqual(messages[i], new MessageView(batch.RecordOf(i)));
                }
            },
            iter: 500);

    [Fact]
    public void A_batch_may_name_only_some_records_of_a_slab()
    {
        var whole = TestBatches.Persistent("a", "bcd", "e");
        var slab = new byte[whole.SizeBytes];
        var offset = 0;
        for (var i = 0; i < whole.Count; i++)
        {
            whole.RecordOf(i).CopyTo(slab.AsSpan(offset));
            offset += whole.RecordOf(i).Length;
        }

        var part = new MessageBatch(slab, [13], [TestBatches.Route]);

        Assert.Equal(1, part.Count);
        Assert.Equal(15, part.SizeBytes);
        Assert.Equal("bcd"u8.ToArray(), part[0].Body.ToArray());
    }

    [Fact]
    public void The_size_of_a_record_is_read_only_when_all_of_it_is_there() =>
        Message.Sample(
            static message =>
            {
                var record = TestBatches.Of(Routes, [message]).RecordOf(0).ToArray();
                Assert.Equal(record.Length, MessageRecord.TryReadSize(record));
                Assert.Equal(record.Length, MessageRecord.TryReadSize([.. record, 1, 2, 3]));
                for (var length = 0; length < record.Length; length++)
                {
                    Assert.Equal(-1, MessageRecord.TryReadSize(record.AsSpan(0, length)));
                }
            },
            iter: 300);

    [Fact]
    public void Arbitrary_bytes_never_have_a_record_longer_than_they_are() =>
        Gen.Byte.Array[0, 40].Sample(
            static bytes =>
            {
                var size = MessageRecord.TryReadSize(bytes);
                Assert.True(size == -1 || (size >= MessageRecord.HeaderSize && size <= bytes.Length));
                if (size >= 0)
                {
                    Assert.Equal(size, new MessageView(bytes).RecordLength);
                }
            },
            iter: 2000);

    [Fact]
    public void The_largest_lengths_survive_a_record_header()
    {
        var header = new byte[MessageRecord.HeaderSize];
        MessageRecord.WriteHeader(
            header, MessageFormat.Amqp091, MessageRecord.PropertiesLengthMax, int.MaxValue, ushort.MaxValue, MessageFlags.Persistent, byte.MaxValue);

        var view = new MessageView(header);

        Assert.Equal(MessageRecord.PropertiesLengthMax, view.PropertiesLength);
        Assert.Equal(int.MaxValue, view.BodyLength);
        Assert.Equal(ushort.MaxValue, view.RouteIndex);
        Assert.Equal(MessageFormat.Amqp091, view.Format);
        Assert.Equal(byte.MaxValue, view.Priority);
        Assert.True(view.IsPersistent);
        Assert.Equal(-1, MessageRecord.TryReadSize(header));
        Assert.Throws<OverflowException>(() => MessageRecord.SizeOf(MessageRecord.PropertiesLengthMax, int.MaxValue));
    }

    private static void AssertEqual(TestMessage expected, MessageView actual)
    {
        Assert.Equal(expected.Body, actual.Body.ToArray());
        Assert.Equal(expected.PropertyBytes, actual.Properties.ToArray());
        Assert.Equal((expected.Body.Length, expected.PropertyBytes.Length), (actual.BodyLength, actual.PropertiesLength));
        Assert.Equal(expected.Persistent, actual.IsPersistent);
        Assert.Equal(expected.Priority, actual.Priority);
        Assert.Equal(expected.Route, actual.RouteIndex);
        Assert.Equal(expected.RecordLength, actual.RecordLength);
    }
}

using ActorBroker.Testing;
using System.Reflection;
using ActorBroker.Core.Arguments;
using ActorBroker.Protocols.Amqp091.Wire;
using CsCheck;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Wire;

public sealed class MethodTests
{
    private static readonly ArgumentTable Table = ArgumentTable.Of(("a", ArgumentValue.FromInt32(42)));

    public static TheoryData<string> Names => [.. MethodVectors.All.Keys.Select(MethodId.NameOf)];

    [Fact]
    public void Every_method_id_has_a_vector_and_a_name()
    {
        var ids = typeof(MethodId).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (uint)field.GetRawConstantValue()!);
        Assert.Equal(ids.Order(), MethodVectors.All.Keys.Order());
        Assert.All(ids, id => Assert.Matches("^[a-z]+\\.[a-z-]+$", MethodId.NameOf(id)));
        Assert.Equal("60.99", MethodId.NameOf((60 << 16) | 99));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_method_that_is_read_and_written_again_has_the_same_bytes(string name)
    {
        var (payload, rewrite) = VectorOf(name);
        Assert.Equal(name, MethodId.NameOf(MethodId.Read(payload)));
        Assert.Equal(payload, rewrite(payload));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_method_cut_short_anywhere_is_a_syntax_error_that_names_it(string name)
    {
        var (payload, rewrite) = VectorOf(name);
        for (var length = 4; length < payload.Length; length++)
        {
            var error = Assert.Throws<Amqp091WireException>(() => rewrite(payload.AsSpan(0, length)));
            Assert.Equal(ReplyCode.SyntaxError, error.ReplyCode);
            Assert.Equal($"{name} ends before its arguments do", error.Message);
            Assert.Equal(MethodId.Read(payload), error.MethodId);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_method_with_a_byte_too_many_is_a_syntax_error(string name)
    {
        var (payload, rewrite) = VectorOf(name);
        var error = Assert.Throws<Amqp091WireException>(() => rewrite([.. payload, 0]));
        Assert.Equal(ReplyCode.SyntaxError, error.ReplyCode);
        Assert.Equal($"{name} has 1 bytes after its arguments", error.Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Arbitrary_arguments_are_read_or_refused_with_a_wire_exception(string name)
    {
        var (payload, rewrite) = VectorOf(name);
        Gen.OneOf(
            Gen.Byte.Array[0, 60].Select(arguments => (byte[])[.. payload[..4], .. arguments]),
            Gen.Select(Gen.Int[4, payload.Length], Gen.Byte).Select((index, value) => With(payload, index, value)))
        .Sample(
            bytes =>
            {
                try
                {
                    // What was accepted and is written again must be accepted again and give the same bytes.
                    var rewritten = rewrite(bytes);
                    Assert.Equal(rewritten, rewrite(rewritten));
                }
                catch (Amqp091WireException error)
                {
                    Assert.Equal(ReplyCode.SyntaxError, error.ReplyCode);
                }
            },
            iter: 200);
    }

    [Fact]
    public void A_payload_too_short_for_a_method_id_is_a_frame_error()
    {
        var error = Assert.Throws<Amqp091WireException>(() => MethodId.Read([0, 60, 0]));
        Assert.Equal(ReplyCode.FrameError, error.ReplyCode);
    }

    [Fact]
    public void A_short_string_that_is_not_utf8_is_refused()
    {
        var error = Assert.Throws<Amqp091WireException>(() => BasicPublish.Read(Octets.Of("003C0028 0000 01FF 00 00")));
        Assert.Equal("basic.publish has a string that is not UTF-8", error.Message);
    }

    [Fact]
    public void Bits_and_fields_are_where_the_specification_puts_them()
    {
        Assert.Equal(new QueueDeclare("q", false, true, false, false, true, Table), QueueDeclare.Read(PayloadOf(MethodId.QueueDeclare)));
        Assert.Equal(
            new ExchangeDeclare("ex", "topic", false, true, false, true, false, Table),
            ExchangeDeclare.Read(PayloadOf(MethodId.ExchangeDeclare)));
        Assert.Equal(new ExchangeBind("to", "from", "a.b", false, Table), ExchangeBind.Read(PayloadOf(MethodId.ExchangeBind)));
        Assert.Equal(new QueueBind("q", "ex", "#", true, Table), QueueBind.Read(PayloadOf(MethodId.QueueBind)));
        Assert.Equal(new QueueDelete("q", true, false, true), QueueDelete.Read(PayloadOf(MethodId.QueueDelete)));
        Assert.Equal(new QueueDeclareOk("q", 3, 1), QueueDeclareOk.Read(PayloadOf(MethodId.QueueDeclareOk)));
        Assert.Equal(new BasicConsume("q", "ctag", false, true, true, false, Table), BasicConsume.Read(PayloadOf(MethodId.BasicConsume)));
        Assert.Equal(new BasicQos(0, 100, true), BasicQos.Read(PayloadOf(MethodId.BasicQos)));
        Assert.Equal(new BasicNack(9, false, true), BasicNack.Read(PayloadOf(MethodId.BasicNack)));
        Assert.Equal(new ConnectionTune(2047, 131072, 60), ConnectionTune.Read(PayloadOf(MethodId.ConnectionTune)));
        Assert.Equal(
            new ConnectionClose(ReplyCode.ConnectionForced, "bye!", 60, 40), ConnectionClose.Read(PayloadOf(MethodId.ConnectionClose)));
        Assert.Equal(new ConnectionStart(0, 9, Table, "PLAIN AMQPLAIN", "en_US"), ConnectionStart.Read(PayloadOf(MethodId.ConnectionStart)));
    }

    [Fact]
    public void A_publish_exposes_exchange_and_routing_key_as_bytes()
    {
        var payload = PayloadOf(MethodId.BasicPublish);
        var publish = BasicPublish.Read(payload);
        Assert.Equal("ex"u8, publish.Exchange);
        Assert.Equal("a.b"u8, publish.RoutingKey);
        Assert.True(publish.Mandatory);
        Assert.False(publish.Immediate);
        Assert.Equal(Octets.Of("02'ex' 03'a.b'"), BasicPublish.TargetOf(payload));
    }

    [Fact]
    public void A_delivery_and_its_relatives_expose_their_fields()
    {
        var deliver = BasicDeliver.Read(PayloadOf(MethodId.BasicDeliver));
        Assert.Equal("ctag"u8, deliver.ConsumerTag);
        Assert.Equal(258UL, deliver.DeliveryTag);
        Assert.True(deliver.Redelivered);

        var returned = BasicReturn.Read(PayloadOf(MethodId.BasicReturn));
        Assert.Equal(ReplyCode.NoRoute, returned.ReplyCode);
        Assert.Equal("a.b"u8, returned.RoutingKey);

        var got = BasicGetOk.Read(PayloadOf(MethodId.BasicGetOk));
        Assert.Equal((7UL, 5U, false), (got.DeliveryTag, got.MessageCount, got.Redelivered));

        var startOk = ConnectionStartOk.Read(PayloadOf(MethodId.ConnectionStartOk));
        Assert.Equal("\0guest\0guest"u8, startOk.Response);
        Assert.Equal(Table, startOk.ClientProperties);
    }

    [Fact]
    public void Reading_the_methods_of_the_message_path_allocates_nothing()
    {
        byte[] publish = PayloadOf(MethodId.BasicPublish), ack = PayloadOf(MethodId.BasicAck);
        byte[] nack = PayloadOf(MethodId.BasicNack), reject = PayloadOf(MethodId.BasicReject);
        var sum = 0UL;
        Assert.Equal(0, Allocation.Of(() =>
        {
            sum += (ulong)BasicPublish.Read(publish).RoutingKey.Length + BasicAck.Read(ack).DeliveryTag;
            sum += BasicNack.Read(nack).DeliveryTag + BasicReject.Read(reject).DeliveryTag;
        }));
        Assert.NotEqual(0UL, sum);
    }

    [Fact]
    public void A_name_too_long_for_a_short_string_is_our_own_mistake() =>
        Assert.Throws<ArgumentException>(() => Octets.PayloadOf(new QueuePurge(new string('q', 256), false)));

    private static (byte[] Payload, MethodVectors.Rewrite Rewrite) VectorOf(string name) =>
        MethodVectors.All.Single(vector => MethodId.NameOf(vector.Key) == name).Value;

    private static byte[] PayloadOf(uint id) => MethodVectors.All[id].Payload;

    private static byte[] With(byte[] payload, int index, byte value)
    {
        var copy = payload.ToArray();
        if (index < copy.Length)
            copy[index] = value;
        return copy;
    }
}

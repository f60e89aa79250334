using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Wire;

public sealed class MethodTests(BrokerFixture broker) : WireTest(broker)
{
    /// <summary>RabbitMQ 3.10's decoder crashes on these and the socket ends without a close: ours has to say 540.</summary>
    [Theory]
    [InlineData(99, 10)]
    [InlineData(50, 99)]
    [InlineData(0, 0)]
    public async Task An_unknown_class_or_method_is_540(ushort classId, ushort methodId)
    {
        await using var connection = await OpenWithChannelAsync();
        await connection.SendMethodAsync(1, classId, methodId);
        if (Broker.IsOwn)
        {
            Assert.Equal(540, (await connection.ExpectConnectionCloseAsync()).Code);
        }
        else
        {
            await connection.ExpectEndAsync();
        }
    }

    public static TheoryData<string, byte[]> MalformedDeclarations => new()
    {
        { "queue name cut off", new Payload().U16(0).Octet(5).Octet((byte)'q').ToArray() },
        { "table longer than the frame", new Payload().U16(0).ShortString("q").Octet(0).U32(9).ToArray() },
        { "octets after the last field", new Payload().U16(0).ShortString("q").Octet(0b1000).Table().Raw("zzzz"u8).ToArray() },
        { "no arguments at all", [] },
    };

    /// <summary>§4.2.4.1 and §1.8 say 502 SYNTAX_ERROR; RabbitMQ answers 501 FRAME_ERROR `cannot decode …`.</summary>
    [Theory]
    [MemberData(nameof(MalformedDeclarations))]
    public async Task A_malformed_method_is_a_syntax_error(string what, byte[] arguments)
    {
        await using var connection = await OpenWithChannelAsync();
        await connection.SendMethodAsync(1, 50, 10, new Payload().Raw(arguments));
        var reason = await connection.ExpectConnectionCloseAsync();
        Assert.True(reason.Code == 502 || (!Broker.IsOwn && reason.Code == 501), $"{what}: {reason}");
    }

    [Fact]
    public async Task An_unknown_field_type_in_a_table_is_a_syntax_error()
    {
        var entry = new Payload().ShortString("a").Octet((byte)'Z').Octet(0);
        await using var connection = await OpenWithChannelAsync();
        await connection.SendMethodAsync(1, 50, 10, new Payload().U16(0).ShortString("q").Octet(0b1000).Table(entry));
        if (Broker.IsOwn)
        {
            Assert.Equal(502, (await connection.ExpectConnectionCloseAsync()).Code);
        }
        else
        {
            await connection.ExpectEndAsync();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public Task A_method_frame_too_short_for_its_ids_is_501(int length) =>
        ConnectionErrorAsync(501, connection =>
            connection.SendFrameAsync(FrameType.Method, 1, new byte[length]));

    [Fact]
    public async Task A_method_that_only_servers_send_is_503()
    {
        await ConnectionErrorAsync(503, connection => connection.SendMethodAsync(1, 20, 11, new Payload().U32(0)));
        await ConnectionErrorAsync(503, connection => connection.SendMethodAsync(
            1, 50, 11, new Payload().ShortString("q").U32(0).U32(0)));
    }

    [Fact]
    public async Task Frames_on_a_channel_being_closed_are_ignored_until_the_close_is_answered()
    {
        await using var connection = await OpenWithChannelAsync();
        var declare = new Payload().U16(0).ShortString("").Octet(0b0100).Table();
        await connection.SendMethodAsync(1, 60, 80, new Payload().U64(9).Octet(0));
        await connection.SendMethodAsync(1, 50, 10, declare);
        await connection.SendPublishAsync(1, "", "nowhere");
        var reason = await connection.ExpectChannelCloseAsync(1);
        Assert.Equal(new CloseReason(1, false, 406, "PRECONDITION_FAILED - unknown delivery tag 9", 60, 80), reason);
        await connection.SendHeaderAsync(1, 0);
        await connection.SendMethodAsync(1, 50, 10, declare);
        await connection.SendMethodAsync(1, 20, 41);

        // The next answer is to the channel opened anew: nothing in between was carried out.
        await connection.OpenChannelAsync(1);
        Assert.StartsWith("amq.gen-", await connection.DeclareQueueAsync(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_sides_may_close_a_channel_at_once()
    {
        await using var connection = await OpenWithChannelAsync();
        await connection.SendMethodAsync(1, 60, 80, new Payload().U64(9).Octet(0));
        await connection.SendMethodAsync(1, 20, 40, new Payload().U16(200).ShortString("OK").U16(0).U16(0));
        await connection.ExpectChannelCloseAsync(1);

        // §1.5.2.5: the close that crossed ours is answered, and counts for nothing more.
        await connection.ExpectMethodAsync(1, 20, 41);
        await connection.SendMethodAsync(1, 20, 41);
        await connection.OpenChannelAsync(1);
    }

    [Fact]
    public async Task No_wait_methods_are_not_answered()
    {
        await using var connection = await OpenWithChannelAsync();
        var queue = $"no-wait-{Guid.NewGuid():N}";
        await connection.SendMethodAsync(1, 50, 10, new Payload().U16(0).ShortString(queue).Octet(0b1_0100).Table());
        await connection.SendMethodAsync(1, 50, 20, new Payload()
            .U16(0).ShortString(queue).ShortString("amq.direct").ShortString(queue).Octet(1).Table());
        await connection.SendMethodAsync(1, 60, 20, new Payload()
            .U16(0).ShortString(queue).ShortString("tag").Octet(0b1010).Table());
        await connection.SendMethodAsync(1, 60, 30, new Payload().ShortString("tag").Octet(1));
        await connection.SendMethodAsync(1, 85, 10, new Payload().Octet(1));

        await connection.SendMethodAsync(1, 50, 40, new Payload().U16(0).ShortString(queue).Octet(0));
        Assert.Equal(0u, (await connection.ExpectMethodAsync(1, 50, 41)).U32(4));
    }

    [Fact]
    public async Task Recover_with_requeue_redelivers_what_was_not_acknowledged()
    {
        await using var connection = await OpenWithChannelAsync();
        var queue = await connection.DeclareQueueAsync(1);
        await connection.SendPublishAsync(1, "", queue);
        await connection.SendHeaderAsync(1, 0);
        Assert.Equal(0, await GetAsync());

        await connection.SendMethodAsync(1, 60, 110, new Payload().Octet(1));
        await connection.ExpectMethodAsync(1, 60, 111);

        Assert.Equal(1, await GetAsync());

        async Task<byte> GetAsync()
        {
            await connection.SendMethodAsync(1, 60, 70, new Payload().U16(0).ShortString(queue).Octet(0));
            var got = await connection.ExpectMethodAsync(1, 60, 71);
            await connection.ReadFrameAsync();
            return got.Payload[12];
        }
    }

    [Fact]
    public async Task What_RabbitMQ_does_not_implement_is_540()
    {
        var texts = new[]
        {
            (await ConnectionErrorAsync(540, connection => connection.SendMethodAsync(1, 60, 110, new Payload().Octet(0)))).Text,
            (await ConnectionErrorAsync(540, connection => connection.SendMethodAsync(1, 20, 20, new Payload().Octet(0)))).Text,
            (await ConnectionErrorAsync(540, async connection =>
            {
                await connection.SendMethodAsync(1, 60, 40, new Payload().U16(0).ShortString("").ShortString("queue").Octet(0b10));
                await connection.SendHeaderAsync(1, 0);
            })).Text,
        };
        Assert.Equal(["NOT_IMPLEMENTED - requeue=false", "NOT_IMPLEMENTED - active=false", "NOT_IMPLEMENTED - immediate=true"], texts);
    }

    [Fact]
    public async Task Resuming_the_flow_and_cancelling_an_unknown_consumer_are_answered()
    {
        await using var connection = await OpenWithChannelAsync();
        await connection.SendMethodAsync(1, 20, 20, new Payload().Octet(1));
        Assert.Equal(1, (await connection.ExpectMethodAsync(1, 20, 21)).Payload[4]);
        await connection.SendMethodAsync(1, 60, 30, new Payload().ShortString("unknown").Octet(0));
        Assert.Equal("unknown", (await connection.ExpectMethodAsync(1, 60, 31)).ShortString(4));
    }

    [Fact]
    public async Task Who_deletes_a_queue_reads_that_it_is_deleted_before_its_consumer_is_cancelled()
    {
        await using var connection = await OpenWithChannelAsync();
        var queue = await connection.DeclareQueueAsync(1);
        await connection.SendMethodAsync(1, 60, 20, new Payload().U16(0).ShortString(queue).ShortString("tag").Octet(0).Table());
        await connection.ExpectMethodAsync(1, 60, 21);

        await connection.SendMethodAsync(1, 50, 40, new Payload().U16(0).ShortString(queue).Octet(0));

        await connection.ExpectMethodAsync(1, 50, 41);
        Assert.Equal("tag", (await connection.ExpectMethodAsync(1, 60, 30)).ShortString(4));
    }
}

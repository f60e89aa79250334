using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

/// <summary>What a client does wrong once the connection is open, and the code, text, class and method of the answer.</summary>
public sealed class ErrorTests
{
    private static readonly byte[] SomeProperties = ClientScript.NoProperties.ToArray();

    public static TheoryData<string, Action<object>> ConnectionErrors { get; } = new()
    {
        { "504 CHANNEL_ERROR - unexpected method in connection state running (50,10)", On(0, new QueueDeclare("q", false, false, false, false, false, [])) },
        { "504 CHANNEL_ERROR - unexpected method in connection state running (10,40)", On(0, new ConnectionOpen("/")) },
        { "504 CHANNEL_ERROR - unexpected method in connection state running (20,10)", On(0, new ChannelOpen()) },
        { "504 CHANNEL_ERROR - expected 'channel.open' (50,10)", On(2, new QueueDeclare("q", false, false, false, false, false, [])) },
        { "504 CHANNEL_ERROR - expected 'channel.open' (20,41)", On(2, new ChannelCloseOk()) },
        { "504 CHANNEL_ERROR - second 'channel.open' seen (20,10)", On(1, new ChannelOpen()) },
        { "503 COMMAND_INVALID - unimplemented method (10,50)", On(1, new ConnectionClose(ReplyCode.Success, "", 0, 0)) },
        { "503 COMMAND_INVALID - unimplemented method (50,11)", On(1, new QueueDeclareOk("q", 0, 0)) },
        { "540 NOT_IMPLEMENTED - active=false (20,20)", On(1, new ChannelFlow(false)) },
        { "540 NOT_IMPLEMENTED - method 60.99 (60,99)", Does(script => script.Raw(1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 99, 0xCE)) },
        { "540 NOT_IMPLEMENTED - method 77.1 (77,1)", Does(script => script.Raw(1, 0, 0, 0, 0, 0, 4, 0, 77, 0, 1, 0xCE)) },
        { "540 NOT_IMPLEMENTED - prefetch_size!=0 (10) (60,10)", On(1, new BasicQos(10, 0, false)) },
        { "540 NOT_IMPLEMENTED - requeue=false (60,110)", On(1, new BasicRecover(false)) },
        { "540 NOT_IMPLEMENTED - requeue=false (60,100)", On(1, new BasicRecoverAsync(false)) },
        { "540 NOT_IMPLEMENTED - immediate=true (60,40)", Does(script => script.Publish(1, "", "q", "x"u8, immediate: true)) },
        { "505 UNEXPECTED_FRAME - type 8, all octets = <<>> (0,0)", Does(script => script.Raw(8, 0, 1, 0, 0, 0, 0, 0xCE)) },
        { "505 UNEXPECTED_FRAME - type 8, all octets = <<>> (0,0)", Does(script => Publishing(script).Raw(8, 0, 1, 0, 0, 0, 0, 0xCE)) },
        { "505 UNEXPECTED_FRAME - type 8, all octets = <<>> (0,0)", Does(script => script.Raw(8, 0, 7, 0, 0, 0, 0, 0xCE)) },
        { "505 UNEXPECTED_FRAME - content frame of type 2 on channel 0 (0,0)", Does(script => script.Header(0, 1, SomeProperties)) },
        { "505 UNEXPECTED_FRAME - expected method frame, got non method frame instead (0,0)", Does(script => script.Header(1, 1, SomeProperties)) },
        { "505 UNEXPECTED_FRAME - expected method frame, got non method frame instead (0,0)", Does(script => script.Body(1, "x"u8)) },
        { "505 UNEXPECTED_FRAME - expected method frame, got non method frame instead (0,0)", Does(script => script.Body(7, "x"u8)) },
        { "505 UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead (60,40)", Does(script => Publishing(script).Body(1, "x"u8)) },
        { "505 UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead (60,40)", Does(script => Publishing(script).Method(1, new TxSelect())) },
        { "505 UNEXPECTED_FRAME - expected content body, got non content body frame instead (60,40)", Does(script => Publishing(script).Header(1, 5, SomeProperties).Method(1, new TxSelect())) },
        { "505 UNEXPECTED_FRAME - expected content body, got non content body frame instead (60,40)", Does(script => Publishing(script).Header(1, 5, SomeProperties).Header(1, 5, SomeProperties)) },
        { "505 UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead (60,40)", Does(script => Publishing(script).Raw(2, 0, 1, 0, 0, 0, 14, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xCE)) },
        { "501 FRAME_ERROR - the body is longer than its content header says (60,40)", Does(script => Publishing(script).Header(1, 2, SomeProperties).Body(1, "xyz"u8)) },
        { "501 FRAME_ERROR - unknown frame type 9 (0,0)", Does(script => script.Raw(9, 0, 1, 0, 0, 0, 1, 0, 0xCE)) },
        { "501 FRAME_ERROR - frame of type 1 on channel 1 ends with 0x00, not with 0xCE (0,0)", Does(script => script.Raw(1, 0, 1, 0, 0, 0, 4, 0, 20, 0, 40, 0)) },
        { "501 FRAME_ERROR - frame of type 3 on channel 1 with a payload of 131065 bytes exceeds the frame size limit of 131072 (0,0)", Does(script => script.Raw(3, 0, 1, 0, 1, 0xFF, 0xF9)) },
        { "502 SYNTAX_ERROR - queue.declare ends before its arguments do (50,10)", Does(script => script.Raw(1, 0, 1, 0, 0, 0, 6, 0, 50, 0, 10, 0, 0, 0xCE)) },
        { "502 SYNTAX_ERROR - the property list of a content header ends early (60,40)", Does(script => Publishing(script).Header(1, 0, [0x80, 0])) },
    };

    public static TheoryData<string, Action<object>> ChannelErrors { get; } = new()
    {
        { "404 NOT_FOUND - no previously declared queue (50,40)", On(1, new QueueDelete("", false, false, false)) },
        { "404 NOT_FOUND - no previously declared queue (50,20)", On(1, new QueueBind("", "e", "k", false, [])) },
        { "404 NOT_FOUND - no previously declared queue (60,70)", On(1, new BasicGet("", false)) },
        { "404 NOT_FOUND - no previously declared queue (60,20)", On(1, new BasicConsume("", "t", false, false, false, false, [])) },
        { "404 NOT_FOUND - no queue '' in vhost '/' (50,10)", On(1, new QueueDeclare("", true, false, false, false, false, [])) },
        { "403 ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*' (50,10)", On(1, new QueueDeclare("amq.mine", false, false, false, false, false, [])) },
        { "403 ACCESS_REFUSED - operation not permitted on the default exchange (40,10)", On(1, new ExchangeDeclare("", "direct", false, false, false, false, false, [])) },
        { "403 ACCESS_REFUSED - operation not permitted on the default exchange (40,10)", On(1, new ExchangeDeclare("\r\n", "direct", false, false, false, false, false, [])) },
        { "403 ACCESS_REFUSED - operation not permitted on the default exchange (40,20)", On(1, new ExchangeDelete("", false, false)) },
        { "403 ACCESS_REFUSED - operation not permitted on the default exchange (40,30)", On(1, new ExchangeBind("", "s", "", false, [])) },
        { "403 ACCESS_REFUSED - operation not permitted on the default exchange (40,40)", On(1, new ExchangeUnbind("d", "", "", false, [])) },
        { "403 ACCESS_REFUSED - operation not permitted on the default exchange (50,50)", On(1, new QueueUnbind("q", "", "", [])) },
        { "403 ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed (40,20)", On(1, new ExchangeDelete("amq.direct", false, false)) },
        { "406 PRECONDITION_FAILED - unknown delivery tag 9 (60,80)", On(1, new BasicAck(9, false)) },
        { "406 PRECONDITION_FAILED - unknown delivery tag 0 (60,80)", On(1, new BasicAck(0, false)) },
        { "406 PRECONDITION_FAILED - unknown delivery tag 5 (60,120)", On(1, new BasicNack(5, true, false)) },
        { "406 PRECONDITION_FAILED - unknown delivery tag 1 (60,90)", On(1, new BasicReject(1, true)) },
        { "406 PRECONDITION_FAILED - message size 16777217 is larger than configured max size 16777216 (60,40)", Does(script => Publishing(script).Header(1, 16_777_217, SomeProperties)) },
        { "406 PRECONDITION_FAILED - cannot switch from confirm to tx mode (90,10)", Does(script => script.Method(1, new ConfirmSelect(true)).Method(1, new TxSelect())) },
        { "406 PRECONDITION_FAILED - channel is not transactional (90,20)", On(1, new TxCommit()) },
        { "406 PRECONDITION_FAILED - channel is not transactional (90,30)", On(1, new TxRollback()) },
        { "406 PRECONDITION_FAILED - reply consumer cannot acknowledge (60,20)", On(1, new BasicConsume("amq.rabbitmq.reply-to", "t", false, false, false, false, [])) },
        { "406 PRECONDITION_FAILED - fast reply consumer does not exist (60,40)", Does(script => script.Publish(1, "", "q", "x"u8, new BasicProperties { ReplyTo = "amq.rabbitmq.reply-to" })) },
        { "406 PRECONDITION_FAILED - invalid expiration 'abc': no_integer (60,40)", Expiring("abc") },
        { "406 PRECONDITION_FAILED - invalid expiration '': no_integer (60,40)", Expiring("") },
        { "406 PRECONDITION_FAILED - invalid expiration '-': no_integer (60,40)", Expiring("-") },
        { "406 PRECONDITION_FAILED - invalid expiration ' 5': no_integer (60,40)", Expiring(" 5") },
        { "406 PRECONDITION_FAILED - invalid expiration '-1': {value_negative,-1} (60,40)", Expiring("-1") },
        { "406 PRECONDITION_FAILED - invalid expiration '12x': {leftover_string,\"x\"} (60,40)", Expiring("12x") },
        { "406 PRECONDITION_FAILED - invalid expiration '-5\"\\': {leftover_string,\"\\\"\\\\\"} (60,40)", Expiring("-5\"\\") },
        { "406 PRECONDITION_FAILED - invalid expiration '5\n': {leftover_string,\"\\n\"} (60,40)", Expiring("5\n") },
        { "406 PRECONDITION_FAILED - invalid expiration '1\u0001': {leftover_string,[1]} (60,40)", Expiring("1\u0001") },
        { "406 PRECONDITION_FAILED - invalid expiration '315360000001': {value_too_large,315360000001} (60,40)", Expiring("315360000001") },
        { "406 PRECONDITION_FAILED - invalid expiration '99999999999999999999': {value_too_large,99999999999999999999} (60,40)", Expiring("99999999999999999999") },
        { "406 PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,\"CC\",longstr} (60,40)", WithHeader("CC", ArgumentValue.FromString("k")) },
        { "406 PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,\"BCC\",void} (60,40)", WithHeader("BCC", ArgumentValue.Void) },
        { "406 PRECONDITION_FAILED - user_id property set to 'other' but authenticated user was 'guest' (60,40)", Does(script => script.Publish(1, "", "q", "x"u8, new BasicProperties { UserId = "other" })) },
    };

    [Theory]
    [MemberData(nameof(ConnectionErrors))]
    public void A_connection_error_closes_everything(string expected, Action<object> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        var conversation = Conversation.Opened();
        conversation.Consume("c");
        var script = new ClientScript();
        act(script);

        Assert.Equal([$"0 connection.close {expected}"], conversation.Exchange(script).TakeLines());
        Assert.Contains("close 1", conversation.TakeCalls());
        Assert.Equal(ConnectionCloseState.Closing, conversation.Connection.CloseState);

        // Whatever was still under way is ignored until the answer.
        Assert.Empty(conversation.Exchange(new ClientScript().Method(5, new ChannelOpen()).Raw(1, 2, 3)).TakeLines());
        conversation.Receive(new ClientScript().Method(0, new ConnectionCloseOk()).ToArray().AsSpan(0, 5));
        Assert.Equal(ConnectionCloseState.Closing, conversation.Connection.CloseState);
        conversation.Receive(new ClientScript().Method(0, new ConnectionCloseOk()).ToArray().AsSpan(5));
        Assert.Equal(ConnectionCloseState.Closed, conversation.Connection.CloseState);
    }

    [Theory]
    [MemberData(nameof(ChannelErrors))]
    public void A_channel_error_leaves_the_other_channels_alone(string expected, Action<object> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        var conversation = Conversation.Opened();
        conversation.Exchange(new ClientScript().Method(2, new ChannelOpen())).TakeLines();
        var script = new ClientScript();
        act(script);

        Assert.Equal([$"1 channel.close {expected}"], conversation.Exchange(script).TakeLines());

        // Until its close-ok the channel hears nothing, content included, and answers only a close of the client's own.
        conversation.Exchange(new ClientScript().Publish(1, "", "q", "lost"u8).Method(1, new BasicAck(7, true)).Method(1, new ChannelClose(ReplyCode.Success, "", 0, 0)));
        conversation.Exchange(new ClientScript().Publish(2, "", "q", "kept"u8).Method(2, new BasicQos(0, 1, false)));
        Assert.Equal(["1 channel.close-ok", "2 basic.qos-ok"], conversation.TakeLines());
        Assert.Equal(1, conversation.Session.PublishCount);

        conversation.Exchange(new ClientScript().Method(1, new ChannelCloseOk()).Method(1, new ChannelOpen()));
        Assert.Equal(["1 channel.open-ok"], conversation.TakeLines());
        Assert.Equal(ConnectionCloseState.Open, conversation.Connection.CloseState);
    }

    [Theory]
    [InlineData(RefusalReason.NotFound, "1 channel.close 404 NOT_FOUND")]
    [InlineData(RefusalReason.PreconditionFailed, "1 channel.close 406 PRECONDITION_FAILED")]
    [InlineData(RefusalReason.AccessRefused, "1 channel.close 403 ACCESS_REFUSED")]
    [InlineData(RefusalReason.ResourceLocked, "1 channel.close 405 RESOURCE_LOCKED")]
    [InlineData(RefusalReason.NotAllowed, "0 connection.close 530 NOT_ALLOWED")]
    [InlineData(RefusalReason.NotImplemented, "0 connection.close 540 NOT_IMPLEMENTED")]
    [InlineData(RefusalReason.Unavailable, "0 connection.close 541 INTERNAL_ERROR")]
    public void A_refusal_has_its_reply_code_with_no_wait_too(RefusalReason reason, string expected)
    {
        var conversation = Conversation.Opened();
        conversation.Session.Refusal = new Refusal(reason, "so it is");

        conversation.Exchange(new QueueDeclare("q", false, false, false, false, NoWait: true, []));

        Assert.Equal([$"{expected} - so it is (50,10)"], conversation.TakeLines());
    }

    [Theory]
    [InlineData(TargetStatus.NotFound, "404 NOT_FOUND - no exchange 'ex' in vhost '/'")]
    [InlineData(TargetStatus.Internal, "403 ACCESS_REFUSED - cannot publish to internal exchange 'ex' in vhost '/'")]
    public void A_publish_to_an_exchange_that_is_missing_or_internal_closes_the_channel(TargetStatus status, string expected)
    {
        var conversation = Conversation.Opened();
        conversation.Session.Status = status;

        conversation.Exchange(new ClientScript().Publish(1, "ex", "k", "a"u8).Publish(1, "ex", "k", "b"u8));

        Assert.Equal([$"1 channel.close {expected} (60,40)"], conversation.TakeLines());
        Assert.Equal(0, conversation.Session.PublishCount);
    }

    [Fact]
    public void More_channels_than_agreed_are_530()
    {
        var conversation = new Conversation(new Amqp091ConnectionSettings { ChannelMax = 2 });
        var script = new ClientScript().Raw(ProtocolHeader.Bytes).StartOk().TuneOk(channelMax: 2).Method(0, new ConnectionOpen("/"));

        for (ushort channel = 1; channel <= 3; channel++)
            script.Method(channel, new ChannelOpen());

        Assert.Equal(
            "0 connection.close 530 NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2) (0,0)",
            conversation.Exchange(script).TakeLines()[^1]);
    }

    [Fact]
    public void A_channel_that_has_to_be_counted_is_open_when_the_broker_says_so()
    {
        var conversation = Conversation.Opened();
        Assert.Single(conversation.Session.Channels);
        conversation.Session.CountsChannels = true;
        conversation.Receive(new ClientScript().Method(2, new ChannelOpen()).Method(2, new BasicCancel("x", false)).ToArray());
        conversation.Connection.WriteOutput(conversation.Output, int.MaxValue);
        Assert.Empty(conversation.TakeLines());
        Assert.Equal(["open-channel"], conversation.TakeCalls());

        Assert.Equal(["2 channel.open-ok", "2 basic.cancel-ok"], conversation.Settle().TakeLines());
        Assert.Equal(2, conversation.Session.Channels.Count);
        conversation.Exchange(new ClientScript().Method(2, new ChannelClose(ReplyCode.Success, "bye", 0, 0)));
        Assert.Single(conversation.Session.Channels);
    }

    [Fact]
    public void A_channel_that_the_broker_refuses_ends_the_connection()
    {
        var conversation = Conversation.Opened();
        conversation.Session.CountsChannels = true;
        conversation.Session.Refusal = new Refusal(RefusalReason.NotAllowed, "one too many");
        Assert.Equal(
            ["0 connection.close 530 NOT_ALLOWED - one too many (0,0)"],
            conversation.Exchange(new ClientScript().Method(2, new ChannelOpen())).TakeLines());
    }

    private static ClientScript Publishing(ClientScript script) => script.Method(1, new BasicPublish(""u8, "q"u8, false, false));

    private static Action<object> Expiring(string text) =>
        Does(script => script.Publish(1, "", "q", "x"u8, new BasicProperties { Expiration = text }));

    private static Action<object> WithHeader(string name, ArgumentValue value) =>
        Does(script => script.Publish(1, "", "q", "x"u8, new BasicProperties { Headers = ArgumentTable.Of((name, value)) }));

    private static Action<object> Does(Func<ClientScript, ClientScript> act) => script => act((ClientScript)script);

    private static Action<object> On<TMethod>(ushort channel, TMethod method)
        where TMethod : IMethod<TMethod> => script => ((ClientScript)script).Method(channel, method);
}

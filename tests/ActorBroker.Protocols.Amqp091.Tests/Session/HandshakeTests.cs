using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class HandshakeTests
{
    private readonly Conversation _conversation = new();

    private static ClientScript Header => new ClientScript().Raw(ProtocolHeader.Bytes);

    [Fact]
    public void The_server_tells_who_it_is_and_what_it_can()
    {
        var start = ConnectionStart.Read(Assert.Single(_conversation.Exchange(Header).TakeFrames()).Payload);

        Assert.Equal((0, 9), (start.VersionMajor, start.VersionMinor));
        Assert.Equal("PLAIN AMQPLAIN", start.Mechanisms);
        Assert.Equal("en_US", start.Locales);
        Assert.Equal("RabbitMQ", Text(start.ServerProperties, "product"));
        Assert.Equal("0.1.0", Text(start.ServerProperties, "actorbroker_version"));
        Assert.True(start.ServerProperties.TryGetValue("capabilities", out var value));
        var capabilities = value.AsTable();
        Assert.True(capabilities.TryGetValue("publisher_confirms", out var confirms) && confirms.AsBoolean());
        Assert.True(capabilities.TryGetValue("direct_reply_to", out var replies) && replies.AsBoolean());
    }

    [Theory]
    [InlineData("PLAIN", "\0guest\0secret", "guest secret")]
    [InlineData("PLAIN", "ignored\0guest\0secret", "guest secret")]
    [InlineData("AMQPLAIN", "\u0005LOGINS\0\0\0\u0005guest\u0008PASSWORDS\0\0\0\u0006secret", "guest secret")]
    public void Credentials_are_read_from_either_mechanism(string mechanism, string response, string expected)
    {
        _conversation.Exchange(Header.StartOk(mechanism, response));

        Assert.Equal([$"authenticate {expected}"], _conversation.TakeCalls());
        Assert.Equal(["0 connection.start", "0 connection.tune"], _conversation.TakeLines());
    }

    [Fact]
    public void The_offer_is_2047_channels_frames_of_128_KiB_and_a_heartbeat_of_60_seconds()
    {
        var frames = _conversation.Exchange(Header.StartOk()).TakeFrames();

        Assert.Equal(new ConnectionTune(2047, 131_072, 60), ConnectionTune.Read(frames[1].Payload));
    }

    [Fact]
    public void A_whole_handshake_sent_in_one_piece_waits_for_the_brokers_answers_in_order()
    {
        _conversation.Receive(new ClientScript().OpenChannel().ToArray());
        Assert.Equal(["authenticate guest guest"], _conversation.TakeCalls());

        _conversation.Settle();

        Assert.Equal(["open-vhost /"], _conversation.TakeCalls());
        Assert.Equal(
            ["0 connection.start", "0 connection.tune", "0 connection.open-ok", "1 channel.open-ok"], _conversation.TakeLines());
        Assert.Equal(("guest", "/"), (_conversation.Connection.User, _conversation.Connection.VirtualHost));
    }

    [Fact]
    public void What_the_client_has_said_and_agreed_to_is_known_as_far_as_it_has_come()
    {
        Assert.Equal(("AMQP 0-9-1", ""), (_conversation.Connection.Client.Protocol, _conversation.Connection.Client.Mechanism));
        Assert.Same(ArgumentTable.Empty, _conversation.Connection.Client.Properties);
        _conversation.Exchange(Header.StartOk().TuneOk(channelMax: 7, frameMax: 4096, heartbeat: 5));
        var client = _conversation.Connection.Client;
        Assert.Equal(("PLAIN", 7, 4096, TimeSpan.FromSeconds(5)), (client.Mechanism, client.ChannelMax, client.FrameMax, client.Heartbeat));
        Assert.True(client.Properties.ContainsKey("capabilities"));
    }

    [Fact]
    public void A_channel_of_the_same_number_is_another_one()
    {
        _conversation.Exchange(new ClientScript().OpenChannel());
        Assert.Equal([new SessionChannel(1, 1)], _conversation.Session.Channels);
        _conversation.Exchange(new ClientScript().Method(1, new ChannelClose(ReplyCode.Success, "", 0, 0)).Method(1, new ChannelOpen()));
        Assert.Equal([new SessionChannel(2, 1)], _conversation.Session.Channels);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("AMQP\u0000\u0001\u0000\u0000")]
    [InlineData("AMQP\u0003\u0001\u0000\u0000")]
    public void Another_protocol_header_is_answered_with_ours_and_the_end(string header)
    {
        _conversation.Receive(System.Text.Encoding.Latin1.GetBytes(header));
        _conversation.Settle();

        Assert.Equal(ProtocolHeader.Bytes, _conversation.Output.Written);
        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
    }

    [Fact]
    public void A_refused_login_is_told_to_a_client_that_can_hear_it()
    {
        _conversation.Session.Refusal = new Refusal(RefusalReason.AccessRefused, "unknown user");

        var lines = _conversation.Exchange(Header.StartOk()).TakeLines();

        Assert.Equal(
            "0 connection.close 403 ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile. (0,0)",
            lines[1]);
        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
    }

    [Fact]
    public void A_refused_login_of_another_client_just_ends_the_connection()
    {
        _conversation.Session.Refusal = new Refusal(RefusalReason.AccessRefused, "unknown user");

        var lines = _conversation.Exchange(Header.StartOk(capable: false)).TakeLines();

        Assert.Equal(["0 connection.start"], lines);
        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
        Assert.Equal("unknown user", _conversation.Connection.CloseReason);
    }

    [Fact]
    public void An_unknown_virtual_host_is_530()
    {
        _conversation.Exchange(Header.StartOk()).TakeLines();
        _conversation.Session.Refusal = new Refusal(RefusalReason.NotAllowed, "vhost no/such not found");

        var lines = _conversation.Exchange(new ClientScript().TuneOk().Method(0, new ConnectionOpen("no/such"))).TakeLines();

        Assert.Equal(["0 connection.close 530 NOT_ALLOWED - vhost no/such not found (10,40)"], lines);
        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
    }

    [Theory]
    [InlineData(2047, 131_073u, "530 NOT_ALLOWED - negotiated frame_max = 131073 is higher than the maximum allowed value (131072)")]
    [InlineData(2047, 0u, "530 NOT_ALLOWED - negotiated frame_max = 0 (no limit) is higher than the maximum allowed value (131072)")]
    [InlineData(2047, 4095u, "530 NOT_ALLOWED - negotiated frame_max = 4095 is lower than the minimum allowed value (4096)")]
    [InlineData(2048, 4096u, "530 NOT_ALLOWED - negotiated channel_max = 2048 is higher than the maximum allowed value (2047)")]
    [InlineData(0, 4096u, "530 NOT_ALLOWED - negotiated channel_max = 0 (no limit) is higher than the maximum allowed value (2047)")]
    public void More_than_was_offered_or_too_little_is_530(ushort channelMax, uint frameMax, string expected)
    {
        var lines = _conversation.Exchange(Header.StartOk().TuneOk(channelMax, frameMax)).TakeLines();

        Assert.Equal($"0 connection.close {expected} (10,31)", lines[^1]);
    }

    [Fact]
    public void A_method_out_of_order_is_504()
    {
        var lines = _conversation.Exchange(Header.TuneOk()).TakeLines();

        Assert.Equal("0 connection.close 504 CHANNEL_ERROR - unexpected method in connection state starting (10,31)", lines[^1]);
    }

    [Theory]
    [InlineData("DIGEST-MD5", "x", "503 COMMAND_INVALID - unknown authentication mechanism 'DIGEST-MD5'")]
    [InlineData("PLAIN", "guest", "502 SYNTAX_ERROR - malformed response of authentication mechanism PLAIN")]
    [InlineData("PLAIN", "\0guest", "502 SYNTAX_ERROR - malformed response of authentication mechanism PLAIN")]
    [InlineData("AMQPLAIN", "", "502 SYNTAX_ERROR - malformed response of authentication mechanism AMQPLAIN")]
    public void An_unusable_response_is_refused(string mechanism, string response, string expected)
    {
        var lines = _conversation.Exchange(Header.StartOk(mechanism, response)).TakeLines();

        Assert.Equal($"0 connection.close {expected} (10,11)", lines[^1]);
        Assert.Empty(_conversation.TakeCalls());
    }

    [Fact]
    public void A_frame_above_8_KiB_is_refused_before_the_login()
    {
        var lines = _conversation.Exchange(Header.StartOk(response: "\0u\0" + new string('p', 9000))).TakeLines();

        Assert.StartsWith("0 connection.close 501 FRAME_ERROR", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_does_not_finish_its_handshake_in_time_is_dropped()
    {
        _conversation.Exchange(Header.StartOk()).TakeLines();
        Assert.Equal(10_000, _conversation.Connection.NextTimerMs);

        _conversation.Connection.OnTimer(9_999);
        Assert.Equal(ConnectionCloseState.Open, _conversation.Connection.CloseState);
        _conversation.Connection.OnTimer(10_000);

        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
        Assert.False(_conversation.Connection.WantsMoreInput);
    }

    [Fact]
    public void A_client_may_close_during_its_handshake()
    {
        var lines = _conversation.Exchange(Header.Method(0, new ConnectionClose(ReplyCode.Success, "", 0, 0))).TakeLines();

        Assert.Equal(["0 connection.start", "0 connection.close-ok"], lines);
        Assert.Equal(ConnectionCloseState.Closed, _conversation.Connection.CloseState);
    }

    private static string Text(ArgumentTable table, string key) => table.TryGetValue(key, out var value) ? value.AsString() : "";
}

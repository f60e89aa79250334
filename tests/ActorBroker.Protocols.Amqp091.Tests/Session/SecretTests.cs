using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Session;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class SecretTests
{
    private readonly Conversation _conversation = Conversation.Opened();

    [Fact]
    public void A_renewed_secret_is_handed_on_and_channels_go_on_meanwhile()
    {
        _conversation.Receive(Renewal().Method(1, new BasicCancel("x", false)).ToArray());
        _conversation.Connection.WriteOutput(_conversation.Output, int.MaxValue);
        Assert.Equal(["1 basic.cancel-ok"], _conversation.TakeLines());
        Assert.Equal(["update-secret new"], _conversation.TakeCalls());

        Assert.Equal(["0 connection.update-secret-ok"], _conversation.Settle().TakeLines());
    }

    [Theory]
    [InlineData(RefusalReason.AccessRefused, "New secret was refused by one of the backends")]
    [InlineData(RefusalReason.NotAllowed, "New secret was refused by one of the backends")]
    [InlineData(RefusalReason.Unavailable, "Secret update failed")]
    public void A_secret_that_is_refused_closes_the_connection(RefusalReason reason, string text)
    {
        _conversation.Session.Refusal = new Refusal(reason, "for the log");

        _conversation.Exchange(Renewal());

        Assert.Equal([$"0 connection.close 530 NOT_ALLOWED - {text} (10,70)"], _conversation.TakeLines());
        Assert.Equal(ConnectionCloseState.Closing, _conversation.Connection.CloseState);
    }

    [Fact]
    public void What_a_user_may_say_of_itself_is_checked_anew_with_a_new_secret()
    {
        var foreign = new BasicProperties { UserId = "other" };
        _conversation.Session.IsImpersonator = true;
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "m"u8, foreign));
        Assert.Empty(_conversation.TakeLines());

        _conversation.Session.IsImpersonator = false;
        _conversation.Exchange(Renewal()).TakeFrames();
        _conversation.Exchange(new ClientScript().Publish(1, "e", "k", "m"u8, foreign));

        Assert.Equal(
            ["1 channel.close 406 PRECONDITION_FAILED - user_id property set to 'other' but authenticated user was 'guest' (60,40)"],
            _conversation.TakeLines());
    }

    [Fact]
    public void Channels_that_are_left_open_cost_little()
    {
        var script = new ClientScript();
        for (ushort channel = 2; channel <= 2047; channel++)
            script.Method(channel, new ChannelOpen());
        var bytes = script.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        _conversation.Receive(bytes);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2046 * 4096);
        Assert.Equal(ConnectionCloseState.Open, _conversation.Connection.CloseState);
    }

    private static ClientScript Renewal() => new ClientScript().Method(0, new ConnectionUpdateSecret("new"u8, "expired"));
}

using ActorBroker.Contracts.Access;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Connections.Tests.Sessions;

public sealed class ChannelCountTests : BrokerSessionSpec
{
    private static readonly Refusal OneTooMany = new(RefusalReason.NotAllowed, "one too many");

    private readonly List<Refusal?> _answers = [];

    [Fact]
    public void Without_a_limit_nobody_is_asked()
    {
        Assert.True(Session.OpenChannel(Channel, _answers.Add));
        Session.CloseChannel(Channel);
        Access.ExpectNoMsg(0);
        Assert.Empty(_answers);
    }

    [Fact]
    public void With_a_limit_that_is_set_later_what_is_open_is_told_and_the_next_asked_for()
    {
        Session.OpenChannel(Channel, _answers.Add);
        Tell(Access, new ConnectionCounted(CountsChannels: true));
        Access.ExpectMsg(new CountConnection("guest", "/", 1));
        Tell(Access, new ConnectionCounted(CountsChannels: true));

        Assert.False(Session.OpenChannel(Channel, _answers.Add));
        Tell(Access, new ChannelOpened(Access.ExpectMsg<OpenChannel>().RequestId, null));
        Session.OpenChannel(Channel, _answers.Add);
        Tell(Access, new ChannelOpened(Access.ExpectMsg<OpenChannel>().RequestId, OneTooMany));
        Assert.Equal([null, OneTooMany], _answers);
        Session.CloseChannel(Channel);
        Access.ExpectMsg(new CloseChannel());
        Tell(Access, new ConnectionCounted(CountsChannels: false));
        Assert.True(Session.OpenChannel(Channel, _answers.Add));
    }

    [Fact]
    public void The_next_incarnation_of_who_counts_is_told_of_the_connection()
    {
        Session.OpenChannel(Channel, _answers.Add);
        Terminate(Access);
        Access.ExpectMsg(new CountConnection("guest", "/", 1));
        var next = CreateTestProbe();
        Tell(next, new ConnectionCounted(CountsChannels: false));
        Assert.Contains(next.Ref, Watched);
        Terminate(next);
        Access.ExpectMsg(new CountConnection("guest", "/", 1));
    }
}

using ActorBroker.Connections.Registry;
using ActorBroker.Connections.Tests.Sessions;
using Xunit;

namespace ActorBroker.Connections.Tests.Registry;

public sealed class ConnectionLimitTests : BrokerSessionSpec
{
    [Fact]
    public void A_session_takes_a_place_from_its_virtual_host_on_until_its_end()
    {
        Assert.False(Connections.TryEnter());
        Session.End();
        Assert.True(Connections.TryEnter());
        Assert.False(Connections.TryEnter());
    }

    [Fact]
    public void Zero_is_no_limit()
    {
        var limit = new ConnectionLimit(0);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(limit.TryEnter()));
    }
}

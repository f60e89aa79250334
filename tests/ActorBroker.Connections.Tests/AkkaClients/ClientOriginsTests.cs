using ActorBroker.Connections.AkkaClients;
using Xunit;

namespace ActorBroker.Connections.Tests.AkkaClients;

/// <summary>Akka.Remote remembers each address that somebody has called its own: they are counted.</summary>
public sealed class ClientOriginsTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

    private readonly SettableClock _clock = new();
    private readonly ClientOrigins _origins;

    public ClientOriginsTests() => _origins = new ClientOrigins(_clock, Silence);

    [Fact]
    public void A_host_has_so_many_addresses_until_those_without_a_connection_are_forgotten()
    {
        for (var i = 0; i < ClientOrigins.OriginsOfPeerMax; i++)
        {
            var origin = _origins.Enter("peer", $"a@h:{i}", 1);
            _origins.Leave(origin!, isOver: false);
        }

        Assert.Null(_origins.Enter("peer", "a@h:new", 1));
        Assert.NotNull(_origins.Enter("other", "a@h:new", 1));
        var open = _origins.Enter("peer", "a@h:7", 1);
        Assert.NotNull(open);
        _clock.Now += Silence + TimeSpan.FromSeconds(1);
        Assert.NotNull(_origins.Enter("peer", "a@h:later", 1));
        Assert.Same(open, _origins.Enter("peer", "a@h:7", 1));
    }

    [Fact]
    public void All_hosts_have_so_many_together()
    {
        for (var i = 0; i < ClientOrigins.OriginsMax; i++)
            Assert.NotNull(_origins.Enter($"peer{i % 10}", $"a@h:{i}", 1));
        Assert.Null(_origins.Enter("other", "a@h:new", 1));
    }

    [Fact]
    public void A_client_that_has_said_that_it_ends_is_forgotten_at_once()
    {
        for (var i = 0; i <= ClientOrigins.OriginsOfPeerMax; i++)
        {
            var origin = _origins.Enter("peer", $"a@h:{i}", 1);
            Assert.NotNull(origin);
            _origins.Leave(origin, isOver: true);
        }
    }

    [Fact]
    public void An_address_in_use_is_not_given_to_another_host()
    {
        var origin = _origins.Enter("peer", "a@h:1", 1);
        Assert.Null(_origins.Enter("other", "a@h:1", 2));
        _origins.Leave(origin!, isOver: false);
        Assert.Equal("other", _origins.Enter("other", "a@h:1", 2)!.Peer);
    }

    [Fact]
    public void Connections_of_an_actor_system_share_its_sequence_and_those_of_the_next_one_do_not()
    {
        var sequence = _origins.Enter("peer", "a@h:1", 1)!.Sequence;
        Assert.Same(sequence, _origins.Enter("peer", "a@h:1", 1)!.Sequence);
        Assert.Same(sequence, _origins.Enter(null, "a@h:1", 1)!.Sequence);
        Assert.NotSame(sequence, _origins.Enter("peer", "a@h:1", 2)!.Sequence);
    }

    [Fact]
    public void An_actor_system_that_comes_back_by_another_host_goes_on_with_its_sequence()
    {
        var origin = _origins.Enter("peer", "a@h:1", 1)!;
        _origins.Leave(origin, isOver: false);
        Assert.Same(origin.Sequence, _origins.Enter("other", "a@h:1", 1)!.Sequence);
    }

    private sealed class SettableClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}

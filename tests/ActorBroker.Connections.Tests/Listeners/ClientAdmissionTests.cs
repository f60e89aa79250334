using System.Net;
using ActorBroker.Connections.Listeners;
using Xunit;

namespace ActorBroker.Connections.Tests.Listeners;

public class ClientAdmissionTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    private readonly List<int> _disconnected = [];

    [Fact]
    public void The_client_that_is_unknown_for_longest_makes_room()
    {
        var admission = new ClientAdmission(unknownMax: 3, perAddressMax: 0);
        for (var i = 0; i < 5; i++)
            Admit(admission, i);

        Assert.Equal([0, 1], _disconnected);
        Assert.Equal(3, admission.UnknownCount);
    }

    [Fact]
    public void Clients_that_are_known_or_gone_take_no_place_and_are_displaced_by_nobody()
    {
        var admission = new ClientAdmission(unknownMax: 2, perAddressMax: 0);
        var known = Admit(admission, 0);
        var gone = Admit(admission, 1);
        known.MakeKnown();
        gone.Dispose();
        gone.Dispose();
        for (var i = 2; i < 5; i++)
            Admit(admission, i);

        Assert.Equal([2], _disconnected);
    }

    [Fact]
    public void An_address_has_so_many_connections_whether_known_or_not()
    {
        var admission = new ClientAdmission(unknownMax: 100, perAddressMax: 2);
        var first = Admit(admission, 0);
        Assert.True(first.TryCount(Address));
        Assert.True(Admit(admission, 1).TryCount(Address));
        first.MakeKnown();
        Assert.False(Admit(admission, 2).TryCount(Address));
        Assert.True(Admit(admission, 3).TryCount(IPAddress.Parse("192.0.2.2")));

        first.Dispose();
        Assert.True(Admit(admission, 4).TryCount(Address));
        Assert.False(Admit(admission, 5).TryCount(Address));
    }

    [Fact]
    public void Addresses_of_IPv6_count_by_their_network()
    {
        var admission = new ClientAdmission(unknownMax: 100, perAddressMax: 1);
        Assert.True(Admit(admission, 0).TryCount(IPAddress.Parse("2001:db8::1")));
        Assert.False(Admit(admission, 1).TryCount(IPAddress.Parse("2001:db8::ffff:2")));
        Assert.True(Admit(admission, 2).TryCount(IPAddress.Parse("2001:db8:0:1::1")));
    }

    [Fact]
    public async Task Many_threads_leave_nothing_behind()
    {
        var admission = new ClientAdmission(unknownMax: 10, perAddressMax: 1_000);
        await Parallel.ForAsync(0, 2_000, (i, _) =>
        {
            using var client = admission.Admit(static () => { });
            Assert.True(client.TryCount(Address));
            if (i % 2 == 0)
                client.MakeKnown();
            return ValueTask.CompletedTask;
        });

        Assert.Equal(0, admission.UnknownCount);
        var after = Enumerable.Range(0, 1_001).Select(_ => admission.Admit(static () => { }).TryCount(Address));
        Assert.Equal(1_000, after.Count(static counted => counted));
    }

    private AdmittedClient Admit(ClientAdmission admission, int number) => admission.Admit(() => _disconnected.Add(number));
}

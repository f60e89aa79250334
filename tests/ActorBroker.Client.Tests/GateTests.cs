using System.Net;
using System.Net.Sockets;
using ActorBroker.TestKit;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Client.Tests;

/// <summary>A broker whose clients have a port of their own, behind which there is nothing else for them.</summary>
public sealed class GateTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly int NodePort = FreePort();

    private readonly ActorSystem _application = ClientSystem.Start();
    private TestBroker? _broker;

    public async Task InitializeAsync() => _broker = await TestBroker.StartAsync(new TestBrokerSettings
    {
        Settings =
        [
            "actorbroker.akka-clients.gate.enabled=on", "actorbroker.akka-clients.gate.port=0",
            $"akka.remote.dot-netty.tcp.port={NodePort}",
        ],
    });

    public async Task DisposeAsync()
    {
        await _application.Terminate();
        await _broker!.DisposeAsync();
    }

    [Fact]
    public async Task A_client_works_as_by_the_nodes_port()
    {
        var client = BrokerClient.Start(_application, _broker!.ClientSettings);
        await client.ConnectedAsync();
        await client.DeclareQueueAsync("orders");
        var large = new byte[300_000];
        large[^1] = 7;
        Assert.True((await client.PublishAsync(OutgoingMessage.ToQueue("orders", large, MessageProperties.Durable))).IsConfirmed);
        var message = await client.GetAsync("orders", noAck: true);
        Assert.Equal(large, message!.Body.ToArray());
        Assert.Equal(_broker.ClientSettings.Contacts.Single(), $"127.0.0.1:{(await client.StateAsync()).Node!.Port}");
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_wrong_password_is_refused_and_the_end_of_a_client_ends_its_session()
    {
        var guessing = BrokerClient.Start(_application, _broker!.ClientSettings with { Password = "guess" }, "guessing");
        await Assert.ThrowsAsync<BrokerRefusedException>(() => guessing.ConnectedAsync());

        var other = ClientSystem.Start("other");
        var holder = BrokerClient.Start(other, _broker.ClientSettings);
        await holder.ConnectedAsync();
        await holder.DeclareQueueAsync("held", exclusive: true);
        await other.Terminate();
        var client = BrokerClient.Start(_application, _broker.ClientSettings, "after");
        await client.ConnectedAsync();
        using var limit = new CancellationTokenSource(Limit);
        while (!await CanDeclareAsync(client))
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
    }

    [Fact]
    public async Task Nobody_behind_the_port_hears_anything_but_the_receptionist_and_the_relays()
    {
        var gate = Address.Parse($"akka.tcp://actorbroker@{_broker!.ClientSettings.Contacts.Single()}");
        using var inbox = Inbox.Create(_application);
        var provider = ((ExtendedActorSystem)_application).Provider;
        foreach (var hidden in new[] { "system", "system/cluster", "system/cluster/core/daemon", "user", "system/log1-SerilogLogger" })
            provider.ResolveActorRef(new RootActorPath(gate) / hidden.Split('/')).Tell(new Identify(hidden), inbox.Receiver);
        _application.ActorSelection(new RootActorPath(gate) / "system" / "cluster").Tell(new Identify("selected"), inbox.Receiver);
        provider.ResolveActorRef(new RootActorPath(gate) / "user" / "clients").Tell(new Identify("clients"), inbox.Receiver);

        // In order: what could have answered has not.
        var answer = Assert.IsType<ActorIdentity>(await inbox.ReceiveAsync(Limit));
        Assert.Equal("clients", answer.MessageId);
        Assert.NotNull(answer.Subject);
    }

    [Fact]
    public async Task The_nodes_own_port_lets_no_client_in()
    {
        var client = BrokerClient.Start(_application, _broker!.ClientSettings with
        {
            Contacts = [$"127.0.0.1:{NodePort}"], RequestTimeout = TimeSpan.FromSeconds(3),
        });
        await Assert.ThrowsAsync<TimeoutException>(() => client.ConnectedAsync());
        await client.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> CanDeclareAsync(BrokerClient client)
    {
        try
        {
            await client.DeclareQueueAsync("held");
            return true;
        }
        catch (BrokerRefusedException)
        {
            return false;
        }
    }
}

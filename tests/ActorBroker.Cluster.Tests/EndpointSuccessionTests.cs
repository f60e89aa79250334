using ActorBroker.Contracts.Options;
using ActorBroker.Testing.Remoting;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;
using Xunit;

namespace ActorBroker.Cluster.Tests;

/// <summary>
/// A system that has gone from one moment to the next comes back under its address while it is quarantined as it was: there is
/// one endpoint for it, not one that Akka.Remote has forgotten beside another.
/// </summary>
public sealed class EndpointSuccessionTests : IAsyncLifetime
{
    private const int Burst = 1_000;

    private const string Settings =
        """
        akka.remote.retry-gate-closed-for = 200ms
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _here = Start(port: 0);
    private readonly Address _place;
    private ActorSystem _there = Start(port: 0);

    public EndpointSuccessionTests() => _place = Provider(_there).DefaultAddress;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _here.Terminate();
        await _there.Terminate();
    }

    [Fact]
    public async Task A_node_that_is_quarantined_and_back_has_one_endpoint_and_hears_all_that_it_is_told_meanwhile()
    {
        var earlier = await ComeBackAsync();
        using var inbox = Inbox.Create(_here);

        Provider(_here).Quarantine(_place, earlier);
        Tell(inbox);

        await AnsweredAsync(inbox);
        Assert.Single(Endpoints());
    }

    // What Akka.Remote does by itself is shown by it, too: when the first condition fails, the workaround has nothing to do.
    [Fact]
    public async Task Two_endpoints_that_have_come_about_end_and_one_begins()
    {
        var earlier = await ComeBackAsync();
        using var inbox = Inbox.Create(_here);

        var first = Endpoints().Single();
        ((RemoteActorRefProvider)Provider(_here)).Quarantine(_place, earlier);
        Tell(inbox);
        await UntilAsync(() => !Endpoints().Contains(first));
        SystemThere().Tell(new Identify("the second one is forgotten"), inbox.Receiver);
        await UntilAsync(() => Endpoints().Count == 2);

        await UntilAsync(() => Endpoints().Count < 2);
        using var later = Inbox.Create(_here);
        Tell(later);
        await AnsweredAsync(later);
        Assert.Single(Endpoints());
    }

    // As when a node is started again while another one is just trying to reach it.
    [Fact]
    public async Task A_connection_whose_endpoint_has_gone_while_it_was_being_opened_is_given_up()
    {
        await ComeBackAsync();
        using var inbox = Inbox.Create(_here);
        var (begun, opening) = (false, new TaskCompletionSource());
        FrameGauge.Of(_here).Opening = () =>
        {
            begun = true;
            return opening.Task;
        };
        await UntilAsync(() =>
        {
            // What is told while the gate is closed is lost.
            SystemThere().Tell(new Identify("waits for its connection"), inbox.Receiver);
            return begun;
        });
        using var other = Inbox.Create(_there);
        var back = Provider(_there).ResolveActorRef(new RootActorPath(Provider(_here).DefaultAddress) / "system");
        back.Tell(new Identify("by the other one's connection"), other.Receiver);
        Assert.IsType<ActorIdentity>(await other.ReceiveAsync(Limit));
        _there.EventStream.Subscribe(other.Receiver, typeof(AssociatedEvent));

        FrameGauge.Of(_here).Opening = null;
        opening.SetResult();
        Assert.True(Assert.IsType<AssociatedEvent>(await other.ReceiveAsync(Limit)).IsInbound);

        using var limit = new CancellationTokenSource(Limit);
        while (!await HearsAsync())
            limit.Token.ThrowIfCancellationRequested();
    }

    private async Task<bool> HearsAsync()
    {
        try
        {
            return await SystemThere().Ask<ActorIdentity>(new Identify("heard"), TimeSpan.FromMilliseconds(300)) is not null;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    // Its end is seen here, as that of a process that is killed; its successor is not, since nothing is said.
    private async Task<int> ComeBackAsync()
    {
        using var inbox = Inbox.Create(_here);
        _here.EventStream.Subscribe(inbox.Receiver, typeof(DisassociatedEvent));
        using var hello = Inbox.Create(_here);
        SystemThere().Tell(new Identify(0), hello.Receiver);
        await hello.ReceiveAsync(Limit);
        var earlier = AddressUidExtension.Uid(_there);

        FrameGauge.Of(_there).Drops = static _ => true;
        FrameGauge.Of(_there).BreakConnections();
        await Provider(_there).Transport.Shutdown();
        ((ExtendedActorSystem)_there).Abort();
        await _there.WhenTerminated.WaitAsync(Limit);
        Assert.IsType<DisassociatedEvent>(await inbox.ReceiveAsync(Limit));

        _there = Start(_place.Port!.Value);
        return earlier;
    }

    private void Tell(Inbox inbox)
    {
        for (var i = 0; i < Burst; i++)
            SystemThere().Tell(new Identify(i), inbox.Receiver);
    }

    private static async Task AnsweredAsync(Inbox inbox)
    {
        for (var i = 0; i < Burst; i++)
            Assert.Equal(i, Assert.IsType<ActorIdentity>(await inbox.ReceiveAsync(Limit)).MessageId);
    }

    private IActorRef SystemThere() => Provider(_here).ResolveActorRef(new RootActorPath(_place) / "system");

    private List<IActorRef> Endpoints() =>
        [.. ((ActorRefWithCell)((ActorRefWithCell)((ExtendedActorSystem)_here).SystemGuardian).GetSingleChild("endpointManager")).Children
            .Where(static endpoint => endpoint.Path.Name.StartsWith("reliableEndpointWriter-", StringComparison.Ordinal))];

    private static IRemoteActorRefProvider Provider(ActorSystem system) => (IRemoteActorRefProvider)((ExtendedActorSystem)system).Provider;

    private static ActorSystem Start(int port) => ActorSystem.Create("actorbroker", BrokerConfiguration.With(
        ConfigurationFactory.ParseString(Settings)
            .WithFallback(ConfigurationFactory.ParseString(FrameGauge.Settings))
            .WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test)),
        $"akka.remote.dot-netty.tcp.port={port}"));

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(10), limit.Token);
    }
}

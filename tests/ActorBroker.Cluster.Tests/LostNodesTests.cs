using System.Net;
using System.Net.Sockets;
using ActorBroker.Contracts.Options;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Xunit;
using AkkaCluster = Akka.Cluster.Cluster;

namespace ActorBroker.Cluster.Tests;

/// <summary>
/// Whoever asks where an actor is may be told of a node by another one that does not know yet that it was removed: its end is
/// told to those too who begin to watch only then, and not of the node that takes its place.
/// </summary>
public sealed class LostNodesTests : IAsyncLifetime
{
    // Neither heartbeats nor a connection that does not come about would tell of anybody's end within this test.
    private const string Settings =
        """
        akka.remote.watch-failure-detector.acceptable-heartbeat-pause = 600s
        akka.remote.handshake-timeout = 600s
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // Akka by itself notices after half a minute here.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    private readonly ActorSystem _here = Start(port: 0);
    private ActorSystem _there = Start(port: 0);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _here.Terminate();
        await _there.Terminate();
    }

    [Fact]
    public async Task Whoever_begins_to_watch_an_actor_of_a_node_that_was_removed_hears_of_its_end_at_once()
    {
        var place = AkkaCluster.Get(_there).SelfAddress;
        await JoinAsync();
        var lost = await SystemThereAsync(place);

        AkkaCluster.Get(_here).Down(place);
        await _there.Terminate();
        await UntilAsync(() => AkkaCluster.Get(_here).State.Members.All(member => member.Address != place));
        using (var silent = new TcpListener(IPAddress.Parse(place.Host!), place.Port!.Value))
        {
            // As behind a cut: whatever is sent there is not answered.
            silent.Start();
            await UntilAsync(() => EndsAsync(lost), Soon);
        }

        _there = Start(place.Port.Value);
        await JoinAsync();
        Assert.False(await EndsAsync(await SystemThereAsync(place)));
    }

    private async Task JoinAsync()
    {
        var here = AkkaCluster.Get(_here);
        here.Join(here.SelfAddress);
        AkkaCluster.Get(_there).Join(here.SelfAddress);
        await UntilAsync(() => here.State.Members.Count(member => member.Status == MemberStatus.Up) == 2);
        await UntilAsync(() => AkkaCluster.Get(_there).SelfMember.Status == MemberStatus.Up);
    }

    private Task<IActorRef> SystemThereAsync(Address place) =>
        _here.ActorSelection(new RootActorPath(place) / "system").ResolveOne(Limit);

    private async Task<bool> EndsAsync(IActorRef actor)
    {
        using var inbox = Inbox.Create(_here);
        inbox.Watch(actor);
        try
        {
            return await inbox.ReceiveAsync(Moment) is Terminated;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static ActorSystem Start(int port) => ActorSystem.Create("actorbroker", BrokerConfiguration.With(
        ConfigurationFactory.ParseString(Settings).WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test)),
        $"akka.remote.dot-netty.tcp.port={port}"));

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()), Limit);

    private static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan time)
    {
        using var limit = new CancellationTokenSource(time);
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(10), limit.Token);
    }
}

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
    // Heartbeats would tell of nobody's end within this test.
    private const string Settings =
        """
        akka.remote.watch-failure-detector.acceptable-heartbeat-pause = 600s
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

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

        await UntilAsync(() => EndsAsync(lost));

        _there = Start(place.Port!.Value);
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

    // Whoever watches is told something after that, of which it hears later than of an end that is known.
    private async Task<bool> EndsAsync(IActorRef actor)
    {
        using var inbox = Inbox.Create(_here);
        inbox.Watch(actor);
        actor.Tell(new Identify(1), inbox.Receiver);
        inbox.Receiver.Tell("watches", ActorRefs.NoSender);
        return await inbox.ReceiveAsync(Limit) is Terminated || await inbox.ReceiveAsync(TimeSpan.FromMilliseconds(100)) is Terminated;
    }

    private static ActorSystem Start(int port) => ActorSystem.Create("actorbroker", BrokerConfiguration.With(
        ConfigurationFactory.ParseString(Settings).WithFallback(BrokerConfiguration.Shipped(BrokerConfiguration.Test)),
        $"akka.remote.dot-netty.tcp.port={port}"));

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(10), limit.Token);
    }
}

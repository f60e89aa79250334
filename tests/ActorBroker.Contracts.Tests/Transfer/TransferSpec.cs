using System.Diagnostics;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transfer;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Testing.Remoting;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Contracts.Tests.Transfer;

/// <summary>Messages between actor systems, of which the long ones go in parts.</summary>
public sealed class TransferSpec : IAsyncLifetime
{
    // Paths of the two actors, the manifest and Akka.Remote's own bytes.
    private const int FrameBytesMax = PartLimits.PartBytes + 1024;

    private readonly TwoSystems _systems = new();

    public Task InitializeAsync() => _systems.InitializeAsync();

    public Task DisposeAsync() => _systems.DisposeAsync();

    [Fact]
    public async Task A_long_message_is_the_same_on_the_other_side_and_no_frame_is_longer_than_a_part()
    {
        var (here, there) = (_systems.Listen(_systems.Here), _systems.Listen(_systems.There));
        int[] sizes = [0, 1, 60_000, PartLimits.PartBytes - 100, PartLimits.PartBytes, PartLimits.PartBytes + 1, 200_000, 16 << 20];
        foreach (var (size, sequence) in sizes.Select((size, index) => (size, index)))
        {
            there.Remote.Tell(Publish(sequence, size), here.Actor);
            here.Remote.Tell(Publish(sequence, size), there.Actor);
        }

        foreach (var (size, sequence) in sizes.Select((size, index) => (size, index)))
        {
            AssertIs(sequence, size, await there.NextAsync<PublishBatch>());
            AssertIs(sequence, size, await here.NextAsync<PublishBatch>());
        }

        Assert.InRange(FrameGauge.Of(_systems.Here).Largest, PartLimits.PartBytes, FrameBytesMax);
        Assert.InRange(FrameGauge.Of(_systems.There).Largest, PartLimits.PartBytes, FrameBytesMax);
        Assert.InRange(FrameGauge.Of(_systems.Here).Bytes, sizes.Sum(), sizes.Sum() * 1.02);
    }

    [Fact]
    public async Task The_sender_of_a_long_message_is_who_told_it_and_can_be_answered()
    {
        var (here, there) = (_systems.Listen(_systems.Here), _systems.Listen(_systems.There));
        there.Remote.Tell(Publish(1, 1 << 20), here.Actor);

        using var limit = new CancellationTokenSource(TwoSystems.Limit);
        var (_, sender) = await there.Came.ReadAsync(limit.Token);
        Assert.Equal(here.Actor.Path.Uid, sender.Path.Uid);
        sender.Tell(Publish(2, 1 << 20), there.Actor);
        AssertIs(2, 1 << 20, await here.NextAsync<PublishBatch>());
    }

    [Fact]
    public async Task What_one_actor_tells_others_of_a_node_comes_in_the_order_in_which_it_was_told()
    {
        var here = _systems.Listen(_systems.Here);
        var there = _systems.Listen(_systems.There);
        var random = new Random(1);
        const int Count = 2000;
        for (var sequence = 0; sequence < Count; sequence++)
        {
            var size = random.Next(20) switch { 0 => random.Next(2 << 20), < 5 => random.Next(200_000), _ => random.Next(300) };
            there.Remote.Tell(Publish(sequence, size), here.Actor);
            if (sequence % 100 == 0)
            {
                // Lines end now and then, and others begin.
                await AwaitIdleAsync();
            }
        }

        for (var sequence = 0; sequence < Count; sequence++)
        {
            Assert.Equal(sequence, (await there.NextAsync<PublishBatch>()).LinkSequence);
        }
    }

    [Fact]
    public async Task Parts_that_are_lost_on_the_way_are_sent_again_in_both_directions()
    {
        var (here, there) = (_systems.Listen(_systems.Here), _systems.Listen(_systems.There));
        there.Remote.Tell(Publish(0, 10), here.Actor);
        await there.NextAsync<PublishBatch>();
        var random = new Random(2);
        FrameGauge.Of(_systems.Here).Drops = length => length > 60_000 && random.Next(20) == 0;
        FrameGauge.Of(_systems.There).Drops = length => length is > 100 and < 400 && Random.Shared.Next(200) == 0;
        const int Count = 6;
        for (var sequence = 0; sequence < Count; sequence++)
        {
            there.Remote.Tell(Publish(sequence, 4 << 20), here.Actor);
        }

        for (var sequence = 0; sequence < Count; sequence++)
        {
            AssertIs(sequence, 4 << 20, await there.NextAsync<PublishBatch>());
        }

        Assert.True(FrameGauge.Of(_systems.Here).Lost > 0);
    }

    [Fact]
    public async Task Many_long_messages_at_once_take_turns_and_what_is_short_goes_between_them()
    {
        const int Senders = 16;
        var there = _systems.Listen(_systems.There);
        var echo = _systems.There.ActorOf(Props.Create(() => new EchoActor()));
        var address = ((ExtendedActorSystem)_systems.There).Provider.DefaultAddress;
        var remoteEcho = ((ExtendedActorSystem)_systems.Here).Provider.ResolveActorRef(echo.Path.ToStringWithAddress(address));
        await remoteEcho.Ask<PublishProgress>(new PublishProgress(1, 1), TwoSystems.Limit);
        var senders = Enumerable.Range(0, Senders).Select(_ => _systems.Listen(_systems.Here)).ToArray();
        foreach (var sender in senders)
        {
            there.Remote.Tell(Publish(1, 16 << 20), sender.Actor);
        }

        var slowest = TimeSpan.Zero;
        var (asked, arrived) = (0, 0);
        while (arrived < Senders)
        {
            Assert.InRange(PeerBytes(), 0, PartLimits.PeerWindow + PartLimits.PartBytes);
            var since = Stopwatch.GetTimestamp();
            await remoteEcho.Ask<PublishProgress>(new PublishProgress(1, 1), TwoSystems.Limit);
            slowest = Stopwatch.GetElapsedTime(since) is var taken && taken > slowest ? taken : slowest;
            asked++;
            while (there.Came.TryRead(out _))
            {
                arrived++;
            }
        }

        Assert.True(asked > 10, $"Only {asked} short messages went while {Senders} long ones did.");
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_message_to_an_actor_that_is_gone_ends_its_line()
    {
        var (here, there) = (_systems.Listen(_systems.Here), _systems.Listen(_systems.There));
        var gone = _systems.Listen(_systems.There);
        _systems.There.Stop(gone.Actor);
        gone.Remote.Tell(Publish(1, 3 << 20), here.Actor);
        there.Remote.Tell(Publish(2, 10), here.Actor);

        Assert.Equal(2, (await there.NextAsync<PublishBatch>()).LinkSequence);
        await AwaitIdleAsync();
    }

    private static PublishBatch Publish(long sequence, int size)
    {
        var body = GC.AllocateUninitializedArray<byte>(size);
        new Random((int)sequence).NextBytes(body);
        return new PublishBatch(sequence, TestBatches.Of(new TestMessage(body)));
    }

    private static void AssertIs(long sequence, int size, PublishBatch publish)
    {
        Assert.Equal(sequence, publish.LinkSequence);
        Assert.True(Publish(sequence, size).Batch.BodyOf(0).Span.SequenceEqual(publish.Batch.BodyOf(0).Span));
    }

    private long PeerBytes() => Peer()?.BytesUnderWay ?? 0;

    private OutgoingPeer? Peer() =>
        Transfers.Of(_systems.Here).PeerAt(((ExtendedActorSystem)_systems.There).Provider.DefaultAddress);

    private async Task AwaitIdleAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (Peer() is { HasLines: true })
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TwoSystems.Limit, "A line does not end.");
            await Task.Yield();
        }
    }

    private sealed class EchoActor : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}

using System.Runtime.CompilerServices;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Tests.Messages;
using Akka.Actor;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>The connections that a queue knows.</summary>
public sealed class QueueConnectionTests : QueueActorSpec
{
    [Fact]
    public void A_queue_keeps_nothing_of_a_connection_that_is_gone()
    {
        var queue = Declare();

        var gone = PublishAndLeave(queue);

        AwaitAssert(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            Assert.False(gone.IsAlive);
        });
    }

    [Fact]
    public void Each_of_several_connections_has_its_own_confirms_however_the_others_come_and_go()
    {
        var queue = Declare();
        var probes = Enumerable.Range(0, 4).Select(i => Probe($"connection{i}")).ToArray();
        for (var round = 1; round <= 2; round++)
        {
            foreach (var probe in probes)
            {
                queue.Tell(new PublishBatch(round, TestBatches.Persistent("a")), probe.Ref);
                Confirmed(probe, round);
            }
        }

        Sys.Stop(probes[0].Ref);
        Sys.Stop(probes[2].Ref);
        var late = Probe("late");
        queue.Tell(new PublishBatch(1, TestBatches.Persistent("a")), late.Ref);
        Confirmed(late, 1);
        queue.Tell(new PublishBatch(3, TestBatches.Persistent("a")), probes[3].Ref);
        Confirmed(probes[3], 3);
        queue.Tell(new PublishBatch(3, TestBatches.Persistent("a")), probes[1].Ref);
        Confirmed(probes[1], 3);

        Assert.Equal(11, ReadyCount());
    }

    // A method of its own: neither the test's stack nor a probe, which keeps the last sender too, holds the connection.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference PublishAndLeave(IActorRef queue)
    {
        var told = CreateTestProbe("told");
        var connection = Sys.ActorOf(Props.Create(() => new Repeater(told.Ref)));
        queue.Tell(new PublishBatch(1, TestBatches.Persistent("a")), connection);
        Confirmed(told, 1);
        Sys.Stop(connection);
        told.ExpectMsg("stopped");
        return new WeakReference(connection);
    }

    private sealed class Repeater : ReceiveActor
    {
        private readonly IActorRef _to;

        public Repeater(IActorRef to)
        {
            _to = to;
            ReceiveAny(message => to.Tell(message, ActorRefs.NoSender));
        }

        protected override void PostStop() => _to.Tell("stopped", ActorRefs.NoSender);
    }
}

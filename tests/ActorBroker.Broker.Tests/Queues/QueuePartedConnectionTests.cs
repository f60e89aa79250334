using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Queues.Publishers;
using ActorBroker.Core.Tests.Messages;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Connections whose node is said to be gone, and that are there all the same.</summary>
public sealed class QueuePartedConnectionTests : QueueActorSpec
{
    [Fact]
    public void What_comes_of_a_connection_after_the_word_of_its_nodes_end_is_not_taken_until_it_has_asked_for_the_queue_again()
    {
        var queue = Declare();
        var standing = Open(confirmed: 0, sent: 0);
        Assert.Equal(0, standing.KnownSequence);
        PublishConfirmed(queue, 1, "a");

        ((IInternalActorRef)queue).SendSystemMessage(new DeathWatchNotification(Client.Ref, existenceConfirmed: false, addressTerminated: true));
        // The word is in the mailbox once a message has been handled that came behind it.
        ReadyCount();
        ReadyCount();
        Publish(queue, 2, "b");
        Assert.Equal(1, ReadyCount());

        Assert.Equal(1, Open(confirmed: 1, sent: 2).KnownSequence);
        PublishConfirmed(queue, 2, "b");
        Assert.Equal("a", Get(queue));
        Assert.Equal("b", Get(queue));
        Assert.Null(Get(queue));
    }

    private LinkStanding Open(long confirmed, long sent)
    {
        Queues.Tell(new ResolveQueue(Key, 2) { Link = new LinkOpening(7, confirmed, sent) }, Client.Ref);
        return Client.ExpectMsg<QueueResolved>().Standing;
    }
}

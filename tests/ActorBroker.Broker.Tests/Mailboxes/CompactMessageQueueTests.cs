using ActorBroker.Broker.Mailboxes;
using Akka.Actor;
using CsCheck;
using Xunit;

namespace ActorBroker.Broker.Tests.Mailboxes;

public sealed class CompactMessageQueueTests
{
    [Fact]
    public void It_is_a_deque()
    {
        Gen.Int[0, 9].Array[0, 400].Sample(steps =>
        {
            var queue = new CompactMessageQueue();
            var expected = new LinkedList<int>();
            var next = 0;
            foreach (var step in steps)
            {
                if (step < 5)
                {
                    queue.Enqueue(ActorRefs.Nobody, new Envelope(++next, ActorRefs.NoSender));
                    expected.AddLast(next);
                }
                else if (step == 5)
                {
                    queue.EnqueueFirst(new Envelope(++next, ActorRefs.NoSender));
                    expected.AddFirst(next);
                }
                else if (queue.TryDequeue(out var envelope))
                {
                    Assert.Equal(expected.First!.Value, envelope.Message);
                    expected.RemoveFirst();
                }
                else
                {
                    Assert.Empty(expected);
                }

                Assert.Equal(expected.Count, queue.Count);
                Assert.Equal(expected.Count > 0, queue.HasMessages);
            }
        });
    }

    [Fact]
    public async Task What_several_threads_add_comes_out_once_and_in_the_order_of_each()
    {
        const int Threads = 4;
        const int Each = 20_000;
        var queue = new CompactMessageQueue();
        var adding = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                queue.Enqueue(ActorRefs.Nobody, new Envelope((thread, i), ActorRefs.NoSender));
            }
        })));

        var next = new int[Threads];
        while (next.Sum() < Threads * Each)
        {
            if (queue.TryDequeue(out var envelope))
            {
                var (thread, i) = ((int, int))envelope.Message;
                Assert.Equal(next[thread]++, i);
            }
            else
            {
                await Task.Yield();
            }
        }

        await adding;
        Assert.False(queue.HasMessages);
    }

    [Fact]
    public void What_a_stopped_actor_leaves_goes_to_dead_letters()
    {
        var queue = new CompactMessageQueue();
        var deadLetters = new CompactMessageQueue();
        queue.Enqueue(ActorRefs.Nobody, new Envelope(1, ActorRefs.NoSender));
        queue.Enqueue(ActorRefs.Nobody, new Envelope(2, ActorRefs.NoSender));

        queue.CleanUp(ActorRefs.Nobody, deadLetters);

        Assert.False(queue.HasMessages);
        Assert.Equal(2, deadLetters.Count);
    }
}

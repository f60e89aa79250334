using System.Text;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Messages;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka.Actor;
using Akka.TestKit;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>A queue whose messages, or which itself, leave because of time, room or too many returns.</summary>
public abstract class QueueLifetimeSpec : QueueActorSpec
{
    protected static readonly QueueKey Dead = new("/", "dead");
    protected static readonly (string, ArgumentValue) Quorum = ("x-queue-type", ArgumentValue.FromString("quorum"));

    protected static readonly (string, ArgumentValue)[] ToDead =
    [
        ("x-dead-letter-exchange", ArgumentValue.FromString(string.Empty)), ("x-dead-letter-routing-key", ArgumentValue.FromString(Dead.Name)),
    ];

    /// <summary>Nothing is lost on the way: an x-overflow of reject-publish is needed for that.</summary>
    protected static readonly (string, ArgumentValue)[] ToDeadAtLeastOnce =
    [
        .. ToDead, Quorum, ("x-overflow", ArgumentValue.FromString("reject-publish")),
        ("x-dead-letter-strategy", ArgumentValue.FromString("at-least-once")),
    ];

    protected QueueLifetimeSpec()
        : this(Roomy)
    {
    }

    protected QueueLifetimeSpec(QueueOptions options)
        : base(options)
    {
    }

    protected static QueueDefinition With(params (string, ArgumentValue)[] arguments) => Durable with { Arguments = ArgumentTable.Of(arguments) };

    protected static ArgumentValue Number(long value) => ArgumentValue.FromInt64(value);

    protected static Policy PolicyOf(params (string, ArgumentValue)[] definition) =>
        new("p", false, ".*", PolicyTarget.All, 0, ArgumentTable.Of(definition));

    protected static VirtualHostPolicies Only(Policy policy) => new(null, [policy]);

    private protected static TestMessage Message(string body, BasicProperties? properties = null) =>
        new(Encoding.UTF8.GetBytes(body), Properties: (properties ?? new BasicProperties()).ToArray(), Expires: properties?.Expiration is not null);

    protected static void Settle(IActorRef queue, TestProbe by, SettleOutcome outcome, PositionRange positions) =>
        queue.Tell(new SettleMessages([new Settlement(1, outcome, positions)]), by.Ref);

    /// <summary>A consumer's next delivery.</summary>
    protected static DeliverySegment Next(TestProbe connection) =>
        Assert.Single(connection.FishForMessage<DeliverMessages>(static _ => true).Segments);

    private protected void Send(IActorRef queue, long linkSequence, params TestMessage[] messages) =>
        queue.Tell(new PublishBatch(linkSequence, TestBatches.Of(messages)), Client.Ref);

    /// <summary>Both clocks go on, and what that started has been handled.</summary>
    protected void Pass(long milliseconds)
    {
        ReadyCount();
        Clock.Passed += TimeSpan.FromMilliseconds(milliseconds);
        Advance(TimeSpan.FromMilliseconds(milliseconds));
    }

    protected long[] SettledInJournal() =>
        [.. Events.OfType<MessagesWritten>().SelectMany(static written => written.Write.Settled)
            .SelectMany(static range => Enumerable.Range(0, (int)range.Count).Select(index => range.First + index))];

    /// <summary>The journal comes to say of these, and no other, that they left.</summary>
    protected void AwaitSettled(params long[] positions) => AwaitAssert(
        () =>
        {
            Advance(FlushInterval);
            Assert.Equal(positions, SettledInJournal());
        },
        TimeSpan.FromSeconds(20));

    /// <summary>The next write fails while there is one under way, and the actor ends.</summary>
    protected void FailHeldWrite(IActorRef queue, Testing.Persistence.JournalFault fault)
    {
        Watch(queue);
        Journal.Next(JournalId, fault);
        Journal.Release(JournalId);
        ExpectTerminated(queue);
        Unwatch(queue);
    }

    /// <summary>Where dead letters go.</summary>
    protected IActorRef DeclareDead()
    {
        Queues.Tell(new DeclareQueue(Dead, 1, Transient, false, Someone), Asker.Ref);
        Assert.Null(Asker.ExpectMsg<QueueAnswered>().Refusal);
        Queues.Tell(new ResolveQueue(Dead, 2), Asker.Ref);
        var dead = Asker.ExpectMsg<QueueResolved>().Actor;
        Tables.SetNames("/", [Destination.Queue(Dead.Name)]);
        return dead;
    }

    protected bool IsThere()
    {
        Queues.Tell(new DescribeQueue(Key, 9), Asker.Ref);
        return Asker.ExpectMsg<QueueDescribed>().Refusal is null;
    }
}

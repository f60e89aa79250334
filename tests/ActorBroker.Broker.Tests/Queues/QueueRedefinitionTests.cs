using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Sessions;
using ActorBroker.Testing.Persistence;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Arguments of a queue that is declared, and declared again.</summary>
public sealed class QueueRedefinitionTests : QueueActorSpec
{
    [Fact]
    public void Arguments_that_cannot_be_are_refused_before_anything_is_registered()
    {
        Queues.Tell(new DeclareQueue(Key, 1, With(("x-max-length", ArgumentValue.FromInt32(-1))), false, Someone), Client.Ref);
        Assert.Equal(
            "invalid arg 'x-max-length' for queue 'q' in vhost '/': {value_negative,-1}", Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
        Catalogue.ExpectNoMsg(0);
    }

    [Fact]
    public void Other_arguments_than_those_it_has_are_refused()
    {
        Declare(With(("x-max-length", ArgumentValue.FromInt32(10))));
        Queues.Tell(new DeclareQueue(Key, 7, With(("x-max-length", ArgumentValue.FromInt32(20))), false, Someone), Client.Ref);
        Assert.Equal(
            "inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received '20' but current is '10'",
            Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
    }

    [Fact]
    public void A_redefinition_is_written_and_in_force_after_a_restart()
    {
        var queue = Declare(With(("x-max-length", ArgumentValue.FromInt32(10))));
        var wanted = With(("x-max-length", ArgumentValue.FromInt32(20)));
        var asking = With(("x-max-length", ArgumentValue.FromInt32(20)), ("x-allow-redefine", ArgumentValue.FromBoolean(true)));
        Queues.Tell(new DeclareQueue(Key, 7, asking, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(7, null, 0, 0));
        Assert.Equal(new QueueRedefined(wanted, Someone), Events.Last());
        Restart(queue);
        Queues.Tell(new DeclareQueue(Key, 8, wanted, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(8, null, 0, 0));
    }

    [Fact]
    public void A_redefinition_to_what_the_queue_is_writes_nothing()
    {
        Declare(With(("x-max-length", ArgumentValue.FromInt32(10))));
        var asking = With(("x-max-length", ArgumentValue.FromInt32(10)), ("x-allow-redefine", ArgumentValue.FromBoolean(true)));
        Queues.Tell(new DeclareQueue(Key, 7, asking, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(7, null, 0, 0));
        Assert.Single(Events);
    }

    [Fact]
    public void A_redefinition_that_cannot_be_written_is_refused()
    {
        Declare();
        Journal.Next(JournalId, JournalFault.Reject);
        var asking = With(("x-max-length", ArgumentValue.FromInt32(20)), ("x-allow-redefine", ArgumentValue.FromBoolean(true)));
        Queues.Tell(new DeclareQueue(Key, 7, asking, false, Someone), Client.Ref);
        Assert.Equal(RefusalReason.Interrupted, Client.ExpectMsg<QueueAnswered>().Refusal?.Reason);
    }

    [Fact]
    public void A_consumer_with_arguments_that_the_queue_cannot_follow_is_refused()
    {
        var queue = Declare();
        var start = Start(1);
        var settings = start.Settings with { Arguments = ArgumentTable.Of(("x-stream-offset", ArgumentValue.FromString("first"))) };
        queue.Tell(start with { Settings = settings }, Client.Ref);
        Assert.Equal(
            "invalid arg 'x-stream-offset' for queue 'q' in vhost '/' of queue type rabbit_classic_queue",
            Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
    }

    private static Core.Queues.QueueDefinition With(params (string, ArgumentValue)[] arguments) => Durable with { Arguments = ArgumentTable.Of(arguments) };
}

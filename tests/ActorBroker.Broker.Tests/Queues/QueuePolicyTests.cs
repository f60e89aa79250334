using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Xunit;

namespace ActorBroker.Broker.Tests.Queues;

/// <summary>Policies of a queue: at its declaration, when they change, after a restart.</summary>
public sealed class QueuePolicyTests : QueueActorSpec
{
    [Fact]
    public void A_queue_is_declared_with_the_policy_that_matches_it()
    {
        Policies.Set("/", With(Limit("p", 5)));
        Declare(Durable with { Arguments = Length(9) });
        var described = Describe();
        Assert.Equal(("p", 5L), (described.Policy.Policy?.Name, described.Settings?.MaxLength));
        var declared = (QueueDeclared)Events.First();
        Assert.Equal([new QueueDeclared(Key, Durable with { Arguments = Length(9) }, Someone) { Declaration = declared.Declaration }, new QueuePolicyApplied(described.Policy)], Events);
    }

    [Fact]
    public void A_change_is_in_force_at_once_and_kept_in_the_queues_own_journal()
    {
        var queue = Declare();
        Assert.Null(Describe().Settings?.MaxLength);
        Policies.Set("/", With(Limit("p", 5), Limit("o", 3) with { IsOperator = true }));
        Assert.Equal(("p", "o", 3L), Effective());
        Policies.Set("/", With(Limit("p", 2), Limit("o", 3) with { IsOperator = true }));
        Assert.Equal(("p", "o", 2L), Effective());
        Assert.Equal(3, Events.Count());
        Restart(queue);
        Assert.Equal(("p", "o", 2L), Effective());
        Assert.Equal(3, Events.Count());
        Policies.Set("/", VirtualHostPolicies.Empty);
        Assert.Equal((null, null, null), Effective());
    }

    [Fact]
    public void Policies_that_do_not_match_write_nothing()
    {
        Declare();
        Policies.Set("/", With(Limit("p", 5) with { Pattern = "^other$" }, Limit("e", 5) with { ApplyTo = PolicyTarget.Exchanges }));
        Policies.Set("other", With(Limit("p", 5)));
        Assert.Equal((null, null, null), Effective());
        Assert.Single(Events);
    }

    [Fact]
    public void A_policy_that_changed_while_the_queue_was_asleep_is_found_when_it_wakes()
    {
        var queue = Declare();
        StopAndAwait(queue);
        Policies.Set("/", With(Limit("p", 5)));
        Assert.Equal(("p", null, 5L), Effective());
    }

    [Fact]
    public void A_declaration_waits_until_the_node_knows_the_policies()
    {
        var key = Key with { VirtualHost = "v" };
        Queues.Tell(new DeclareQueue(key, 1, Durable, false, Someone), Client.Ref);
        Assert.Equal("v", Routing.ExpectMsg<LoadVirtualHost>().VirtualHost);
        Catalogue.ExpectNoMsg(0);
        Policies.Set("v", new VirtualHostPolicies(QueueType.Quorum, [Limit("p", 5)]));
        Routing.Reply(new VirtualHostLoaded("v"));
        Client.ExpectMsg(new QueueAnswered(1, null, 0, 0));
        Queues.Tell(new DescribeQueue(key, 2), Client.Ref);
        var settings = Client.ExpectMsg<QueueDescribed>().Settings!;
        Assert.Equal((QueueType.Quorum, 5L), (settings.Type, settings.MaxLength));
    }

    [Fact]
    public void A_virtual_hosts_default_type_is_that_of_queues_without_one()
    {
        Policies.Set("/", new VirtualHostPolicies(QueueType.Quorum, []));
        Declare();
        Assert.Equal(QueueType.Quorum, Describe().Settings?.Type);
        Queues.Tell(new DeclareQueue(Key, 7, Durable, false, Someone), Client.Ref);
        Client.ExpectMsg(new QueueAnswered(7, null, 0, 0));
        Policies.Set("/", VirtualHostPolicies.Empty);
        Queues.Tell(new DeclareQueue(Key, 8, Durable, false, Someone), Client.Ref);
        Assert.Equal(
            "inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received none but current is the value 'quorum' of type 'longstr'",
            Client.ExpectMsg<QueueAnswered>().Refusal?.Text);
    }

    [Fact]
    public void A_transient_queue_follows_policies_too_and_writes_nothing()
    {
        Declare(Transient);
        Policies.Set("/", With(Limit("p", 5)));
        Assert.Equal(("p", null, 5L), Effective());
        Assert.Empty(Events);
    }

    [Fact]
    public void What_is_not_there_cannot_be_described()
    {
        Queues.Tell(new DescribeQueue(Key, 3), Client.Ref);
        var described = Client.ExpectMsg<QueueDescribed>();
        Assert.Equal(new Refusal(RefusalReason.NotFound, "no queue 'q' in vhost '/'"), described.Refusal);
        Assert.Null(described.Settings);
    }

    private static ArgumentTable Length(int length) => ArgumentTable.Of(("x-max-length", ArgumentValue.FromInt32(length)));

    private static Policy Limit(string name, int length) =>
        new(name, false, ".*", PolicyTarget.All, 0, ArgumentTable.Of(("max-length", ArgumentValue.FromInt64(length))));

    private static VirtualHostPolicies With(params Policy[] policies) => new(null, policies);

    private (string?, string?, long?) Effective()
    {
        var described = Describe();
        return (described.Policy.Policy?.Name, described.Policy.OperatorPolicy?.Name, described.Settings?.MaxLength);
    }

    private QueueDescribed Describe()
    {
        Queues.Tell(new DescribeQueue(Key, 99), Asker.Ref);
        return Asker.ExpectMsg<QueueDescribed>();
    }
}

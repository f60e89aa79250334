using System.Net;
using ActorBroker.Broker.Events;
using ActorBroker.Contracts;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Events;
using ActorBroker.Core.Access;
using ActorBroker.Core.Alarms;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorBroker.Broker.Tests.Events;

/// <summary>
/// Keys and headers of what no client can bring about alone, or by no configuration of a test; those that one can are compared
/// with RabbitMQ's in the interop tests.
/// </summary>
public sealed class EventTextTests : TestKit
{
    private static readonly Origin Someone = new("guest", "127.0.0.1:1", DateTimeOffset.UnixEpoch);
    private static readonly Origin Configuration = new(string.Empty, "configuration", DateTimeOffset.UnixEpoch);
    private static readonly Policy Limit = new(
        "p", false, "^x", PolicyTarget.Queues, 3, ArgumentTable.Of(("max-length", ArgumentValue.FromInt32(5)), ("dead-letter-exchange", ArgumentValue.FromString("d"))));

    private const string LimitText = "[{<<\"max-length\">>,long,5},{<<\"dead-letter-exchange\">>,longstr,<<\"d\">>}]";

    private readonly EventText _text = new(new ProcessNames("broker@node"), static exchange => exchange.Name == "governed" ? "p" : string.Empty);

    [Fact]
    public void A_policy_says_what_it_is_and_who_has_set_it()
    {
        Assert.Equal(
            [$"policy.set apply-to=queues definition={LimitText} name=p pattern=^x priority=3 user_who_performed_action=guest vhost=/"],
            Told(new VirtualHostChanged(new PolicySet("/", Limit, Someone))));
        Assert.Equal(
            ["policy.cleared name=p user_who_performed_action=rmq-internal vhost=/"],
            Told(new VirtualHostChanged(new PolicyCleared("/", "p", IsOperator: false, Configuration))));
    }

    [Fact]
    public void An_operator_policy_is_told_as_a_parameter_too()
    {
        var value = "[{<<\"pattern\">>,longstr,<<\"^x\">>},{<<\"definition\">>,table," + LimitText
            + "},{<<\"priority\">>,long,3},{<<\"apply-to\">>,longstr,<<\"queues\">>}]";
        Assert.Equal(
            [
                $"parameter.set component=operator_policy name=p user_who_performed_action=guest value={value} vhost=/",
                $"policy.set apply-to=queues definition={LimitText} name=p pattern=^x priority=3 user_who_performed_action=guest vhost=/",
            ],
            Told(new VirtualHostChanged(new PolicySet("/", Limit with { IsOperator = true }, Someone))));
        Assert.Equal(
            [
                "parameter.cleared component=operator_policy name=p user_who_performed_action=guest vhost=/",
                "operator.policy.cleared name=p user_who_performed_action=guest vhost=/",
            ],
            Told(new VirtualHostChanged(new PolicyCleared("/", "p", IsOperator: true, Someone))));
    }

    [Fact]
    public void Limits_are_told_as_parameters_too()
    {
        Assert.Equal(
            [
                "parameter.set component=vhost-limits name=limits user_who_performed_action=guest value=[{<<\"max-queues\">>,long,7}] vhost=/",
                "vhost.limits.set max-queues=7 name=limits user_who_performed_action=guest",
            ],
            Told(new VirtualHostChanged(new QueueLimitSet("/", 7, Someone))));
        Assert.Equal(
            [
                "parameter.cleared component=vhost-limits name=limits user_who_performed_action=guest vhost=/",
                "vhost.limits.cleared name=limits user_who_performed_action=guest",
            ],
            Told(new AccessChanged(new VirtualHostLimited("/", null, Someone))));
        Assert.Equal(
            ["user.limits.set max-channels=2 max-connections=1 name=limits user_who_performed_action=guest username=u"],
            Told(new AccessChanged(new UserLimited("u", new UserLimits(1, 2), Someone))));
        Assert.Equal(
            ["user.limits.cleared name=limits user_who_performed_action=guest username=u"],
            Told(new AccessChanged(new UserLimited("u", UserLimits.None, Someone))));
    }

    [Fact]
    public void Parameters_of_the_cluster_are_told()
    {
        Assert.Equal(
            ["parameter.set component=global name=cluster_name user_who_performed_action=guest"],
            Told(new AccessChanged(new GlobalParameterSet("cluster_name", "\"eu\"", Someone))));
        Assert.Equal(
            ["parameter.cleared component=global name=cluster_name user_who_performed_action=guest"],
            Told(new AccessChanged(new GlobalParameterSet("cluster_name", null, Someone))));
    }

    [Fact]
    public void Users_virtual_hosts_and_permissions_are_told()
    {
        Assert.Equal(
            ["user.created name=u user_who_performed_action=guest", "user.tags.set name=u tags=[{longstr,<<\"administrator\">>}] user_who_performed_action=guest"],
            Told(new AccessChanged(new UserCreated(new User("u", "hash", ["administrator"]), Someone))));
        Assert.Equal(
            [
                "vhost.created cluster_state=[{<<\"broker@node\">>,longstr,<<\"running\">>}] default_queue_type=undefined description= name=v tags=[] "
                + "tracing=false user_who_performed_action=guest",
            ],
            Told(new AccessChanged(new VirtualHostCreated("v", VirtualHostMetadata.None, Someone))));
        Assert.Equal(
            ["permission.created configure=c read=r user=u user_who_performed_action=guest vhost=v write=w"],
            Told(new AccessChanged(new PermissionGranted("u", "v", new Permission("c", "w", "r"), Someone))));
    }

    [Fact]
    public void Changes_of_users_and_what_has_gone_are_told()
    {
        Assert.Equal(
            ["user.password.changed name=u user_who_performed_action=guest", "user.tags.set name=u tags=[] user_who_performed_action=guest"],
            Told(new AccessChanged(new UserChanged(new User("u", "hash", []), HasPasswordChanged: true, HaveTagsChanged: true, Someone))));
        Assert.Equal(
            ["user.password.cleared name=u user_who_performed_action=guest"],
            Told(new AccessChanged(new UserChanged(new User("u", "", []), HasPasswordChanged: true, HaveTagsChanged: false, Someone))));
        Assert.Equal(["user.deleted name=u user_who_performed_action=guest"], Told(new AccessChanged(new UserDeleted("u", Someone))));
        Assert.Equal(
            ["permission.deleted user=u user_who_performed_action=guest vhost=v"], Told(new AccessChanged(new PermissionCleared("u", "v", Someone))));
        Assert.Equal(
            ["topic.permission.created exchange=x read=r user=u user_who_performed_action=guest vhost=v write=w"],
            Told(new AccessChanged(new TopicPermissionGranted("u", "v", "x", new TopicPermission("w", "r"), Someone))));
        Assert.Equal(
            ["topic.permission.deleted user=u user_who_performed_action=guest vhost=v"],
            Told(new AccessChanged(new TopicPermissionCleared("u", "v", null, Someone))));
        Assert.Empty(Told(new AccessChanged(new VirtualHostClosed("v", Someone))));
        Assert.Equal(["vhost.deleted name=v user_who_performed_action=guest"], Told(new AccessChanged(new VirtualHostDeleted("v", Someone))));
    }

    [Fact]
    public void What_RabbitMQ_does_not_tell_is_not_told()
    {
        Assert.Empty(Told(new VirtualHostChanged(new TracingSet("/", IsOn: true, Someone))));
        Assert.Empty(Told(new VirtualHostChanged(new DefaultQueueTypeSet("/", null, Someone))));
    }

    [Fact]
    public void An_alarm_names_its_resource_and_its_node()
    {
        Assert.Equal(["alarm.set node=broker@other source=memory"], Told(new AlarmChanged("broker@other", ResourceAlarms.Memory, IsSet: true)));
        Assert.Equal(["alarm.cleared node=broker@other source=disk"], Told(new AlarmChanged("broker@other", ResourceAlarms.Disk, IsSet: false)));
    }

    [Fact]
    public void An_exchange_names_the_policy_that_it_is_under()
    {
        var definition = new ExchangeDefinition("fanout", false, false, false, ArgumentTable.Empty);
        Assert.Contains(" policy=p ", Assert.Single(Told(new ExchangeCreated(new ExchangeKey("/", "governed"), definition, Someone))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_client_writes_cannot_make_headers_that_fit_into_no_frame()
    {
        var arguments = new ArgumentTable.Builder().Add("x-first", ArgumentValue.FromInt32(1)).Add("x-long", ArgumentValue.FromString(new string('"', 100_000)));
        var definition = new ExchangeDefinition("fanout", false, false, false, arguments.Build());
        var (_, headers) = Assert.Single(_text.Of(new ExchangeCreated(new ExchangeKey("/", "e"), definition, Someone), DateTimeOffset.UnixEpoch));
        Assert.True(headers.TryGetValue("arguments", out var terms));
        Assert.Equal("{<<\"x-first\">>,signedint,1}", Assert.Single(terms.AsArray()).AsString());

        var client = new ClientDescription("AMQP 0-9-1", "PLAIN", ArgumentTable.Empty, 2047, 131_072, TimeSpan.Zero);
        var end = new IPEndPoint(IPAddress.Loopback, 1);
        var connection = new ConnectionDescription(TestActor, end, end, DateTimeOffset.UnixEpoch, client, "", "");
        var refusal = new Refusal(RefusalReason.AccessRefused, new string('u', 100_000));
        (_, headers) = Assert.Single(_text.Of(new LoginAnswered(connection, "u", refusal), DateTimeOffset.UnixEpoch));
        Assert.True(headers.TryGetValue("error", out var error));
        Assert.Equal(1024, error.AsArray().Length);
    }

    [Fact]
    public void Addresses_and_protocols_have_the_forms_of_Erlang()
    {
        var client = new ClientDescription("AMQP 0-9-1", "PLAIN", ArgumentTable.Empty, 2047, 131_072, TimeSpan.Zero);
        var connection = new ConnectionDescription(
            TestActor, new IPEndPoint(IPAddress.Parse("2001:db8::1"), 1), new IPEndPoint(IPAddress.Loopback, 2), DateTimeOffset.UnixEpoch, client, "guest", "/");
        Assert.Equal(
            ["user.authentication.success auth_mechanism=PLAIN connection_name=[2001:db8::1]:1 -> 127.0.0.1:2 connection_type=network host={127,0,0,1} "
                + "name=guest peer_host={8193,3512,0,0,0,0,0,1} peer_port=1 protocol={0,9,1} ssl=false"],
            Told(new LoginAnswered(connection, "guest", null)));
        Assert.Contains("protocol={1,0}", Told(new LoginAnswered(connection with { Client = client with { Protocol = "AMQP 1.0" } }, "guest", null))[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_has_the_same_name_on_every_node_and_its_next_holder_another()
    {
        var names = new ProcessNames("broker@node");
        var root = new RootActorPath(new Address("akka.tcp", "broker", "node", 7)) / "user" / "a";
        var (here, there) = (Named(root.WithUid(5)), new ProcessNames("broker@other"));
        Assert.Matches(@"^<broker@node:7\.5\.\d+\.0>$", names.Of(here));
        Assert.Equal(names.Of(here), there.Of(here));
        Assert.NotEqual(names.Of(here), names.Of(Named(root.WithUid(6))));
        Assert.NotEqual(names.Of(here), names.Of(here, new SessionChannel(1, 1)));
        Assert.NotEqual(names.Of(here, new SessionChannel(2, 1)), names.Of(here, new SessionChannel(1, 1)));
        Assert.StartsWith("<broker@node.", names.Of(TestActor), StringComparison.Ordinal);
    }

    private static MinimalRef Named(ActorPath path) => new(path);

    private List<string> Told(BrokerEvent happened) => [.. _text.Of(happened, DateTimeOffset.UnixEpoch.AddSeconds(2)).Select(Line)];

    private static string Line((string RoutingKey, ArgumentTable Headers) told)
    {
        var headers = new List<string>();
        foreach (var (name, value) in told.Headers)
            headers.Add($"{name}={value}");
        Assert.True(headers.Remove("timestamp_in_ms=2000"));
        return $"{told.RoutingKey} {string.Join(' ', headers.Order(StringComparer.Ordinal))}";
    }

    private sealed class MinimalRef(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}

using ActorBroker.Broker.Audit;
using ActorBroker.Broker.Forwarding;
using ActorBroker.Connections.Tests.Sessions;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Audit;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Events;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Mapping;
using ActorBroker.Protocols.Amqp091.Wire;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Xunit;
using ExchangeDeleted = ActorBroker.Contracts.Events.ExchangeDeleted;
using QueueDeleted = ActorBroker.Contracts.Events.QueueDeleted;

namespace ActorBroker.Broker.Tests.Audit;

/// <summary>What notes a node's changes, with routing tables that the test writes and a probe as the stream.</summary>
public sealed class AuditActorTests : EntityTestKit
{
    private static readonly AuditOptions Usual = new(IsEnabled: true, TimeSpan.FromDays(90), 1 << 26, NotesTransient: false);
    private static readonly QueueDefinition Durable = new(true, false, false, ArgumentTable.Empty);
    private static readonly QueueKey Orders = new("/", "orders");
    private static readonly ExchangeKey Exchange = new("/", "e");

    private readonly RoutingTables _tables = new();
    private readonly TestProbe _region;
    private readonly TestProbe _stream;
    private readonly ForwardingServices _services;

    public AuditActorTests()
        : base(ConfigurationFactory.ParseString("""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.loglevel = WARNING
            """))
    {
        _region = Probe("queues");
        _stream = Probe("stream");
        _tables.SetNames(AuditTrail.VirtualHost, [Destination.Queue(AuditTrail.Queue.Name)]);
        _services = new ForwardingServices(
            _ => _region, Probe("loader"), _tables, new MessageFormats(new Amqp091MessageFormat()), new ManualClock());
    }

    [Fact]
    public void The_stream_is_declared_with_the_first_change_and_gets_it()
    {
        Start(Usual);
        _region.ExpectNoMsg(0);
        Happen(new QueueCreated(Orders, Durable, null, Someone));
        var declare = _region.ExpectMsg<DeclareQueue>();
        Assert.Equal((AuditTrail.Queue, true, false, false), (declare.Queue, declare.Definition.Durable, declare.Definition.Exclusive, declare.Definition.AutoDelete));
        Assert.Equal(
            ArgumentTable.Of(
                ("x-queue-type", ArgumentValue.FromString("stream")), ("x-max-age", ArgumentValue.FromString("7776000s")),
                ("x-max-length-bytes", ArgumentValue.FromInt64(1 << 26)), ("x-allow-redefine", ArgumentValue.FromBoolean(true))),
            declare.Definition.Arguments);
        Assert.Null(QueueDeclaration.Check(declare.Queue, declare.Definition));
        _region.Reply(new QueueAnswered(declare.RequestId, null, 0, 0));
        var batch = Resolve();
        Assert.Equal(("audit", "queue.created", MessageFlags.Persistent | MessageFlags.HasHeaders), (batch.RouteOf(0).Exchange, batch.RouteOf(0).RoutingKey, batch[0].Flags));
        Assert.Equal(
            ArgumentTable.Of(
                ("user", ArgumentValue.FromString("guest")), ("address", ArgumentValue.FromString("127.0.0.1:1")), ("at", ArgumentValue.FromInt64(0)),
                ("name", ArgumentValue.FromString("orders")),
                ("details", ArgumentValue.FromTable(ArgumentTable.Of(
                    ("durable", ArgumentValue.FromBoolean(true)), ("exclusive", ArgumentValue.FromBoolean(false)),
                    ("auto_delete", ArgumentValue.FromBoolean(false)), ("arguments", ArgumentValue.FromTable(ArgumentTable.Empty))))),
                ("vhost", ArgumentValue.FromString("/")), ("x-stream-filter-value", ArgumentValue.FromString("/"))),
            BasicProperties.Read(batch[0].Properties).Headers);
    }

    [Fact]
    public void What_cannot_be_written_now_is_tried_again_until_it_is()
    {
        Start(Usual);
        EventFilter.Warning(contains: "changes cannot be noted now").ExpectOne(() =>
        {
            Happen(new QueueDeleted(Orders, Someone));
            Declared(new Refusal(RefusalReason.Unavailable, "not now"));
        });
        Pass();
        Declared();
        var resolve = _region.ExpectMsg<ResolveQueue>();
        _region.Reply(new QueueResolved(resolve.RequestId, resolve.Queue, _stream));
        var publish = _stream.ExpectMsg<PublishBatch>();
        _stream.Reply(new PublishFailed(publish.LinkSequence, publish.LinkSequence));
        Happen(new QueueDeleted(Orders, Someone));
        Pass();
        Declared();
        Assert.Equal(2, _stream.ExpectMsg<PublishBatch>().Batch.Count);
    }

    [Fact]
    public void A_stream_that_is_gone_is_declared_anew()
    {
        Start(Usual);
        Happen(new QueueDeleted(Orders, Someone));
        Declared();
        var resolve = _region.ExpectMsg<ResolveQueue>();
        _region.Reply(new QueueAnswered(resolve.RequestId, QueueDeclaration.NotFound(resolve.Queue), 0, 0));
        Pass();
        Declared();
        Assert.Equal(1, Resolve().Count);
    }

    [Fact]
    public void More_than_can_be_written_is_left_out_and_that_is_noted()
    {
        Start(Usual);
        Happen(new QueueDeleted(Orders, Someone));
        Declared();
        Resolve(confirm: false);
        var large = Durable with { Arguments = ArgumentTable.Of(("x", ArgumentValue.FromString(new string('x', 30_000)))) };
        var count = (int)(AuditGate.BytesMax / 30_000) + 100;
        for (var i = 0; i < count; i++)
        {
            Happen(new QueueCreated(Orders, large, null, Someone));
        }

        _stream.ExpectNoMsg(0);
        ((TestScheduler)Sys.Scheduler).Advance(AuditActor.Pause);
        var batches = _stream.ReceiveWhile(message => message as PublishBatch, TimeSpan.Zero, TimeSpan.Zero, count).ToList();
        Assert.InRange(batches.Sum(batch => (long)batch!.Batch.SizeBytes), AuditGate.BytesMax - 100_000, AuditGate.BytesMax + 100_000);
        _stream.Reply(new PublishProgress(batches[^1]!.LinkSequence, batches[^1]!.LinkSequence));
        EventFilter.Warning(contains: "changes were not noted").ExpectOne(Pass);
        var told = _stream.ExpectMsg<PublishBatch>().Batch;
        Assert.Equal("audit.omitted", told.RouteOf(0).RoutingKey);
        Assert.True(BasicProperties.Read(told[0].Properties).Headers!.TryGetValue("details", out var details));
        Assert.True(details.AsTable().TryGetValue("changes", out var omitted));
        Assert.Equal(count - batches.Sum(static batch => batch!.Batch.Count), omitted.AsInt64());
    }

    [Fact]
    public void What_waits_is_written_before_the_node_stops()
    {
        var actor = Start(Usual);
        Happen(new QueueDeleted(Orders, Someone));
        Declared();
        Resolve();
        actor.Tell(AuditActor.Drain.Instance, TestActor);
        ExpectMsg<Done>();
        Happen(new QueueDeleted(Orders, Someone));
        _stream.ExpectNoMsg(0);
        actor.Tell(AuditActor.Drain.Instance, TestActor);
        var publish = _stream.ExpectMsg<PublishBatch>();
        ExpectNoMsg(0);
        _stream.Reply(new PublishProgress(publish.LinkSequence, publish.LinkSequence));
        ExpectMsg<Done>();
    }

    [Fact]
    public void Every_change_of_users_virtual_hosts_and_policies_has_a_record()
    {
        var user = new User("u", "a-hash", ["monitoring"]);
        AccessEvent[] changes =
        [
            new UserCreated(user, Someone), new UserChanged(user, true, false, Someone), new UserDeleted("u", Someone),
            new VirtualHostCreated("v", VirtualHostMetadata.None, Someone), new VirtualHostDescribed("v", VirtualHostMetadata.None, Someone),
            new VirtualHostClosed("v", Someone), new VirtualHostDeleted("v", Someone), new VirtualHostLimited("v", 3, Someone),
            new UserLimited("u", new UserLimits(1, null), Someone), new PermissionGranted("u", "v", Permission.All, Someone),
            new PermissionCleared("u", "v", Someone), new TopicPermissionGranted("u", "v", "e", new TopicPermission("a", "b"), Someone),
            new TopicPermissionCleared("u", "v", null, Someone), new GlobalParameterSet("g", "1", Someone), new GlobalParameterSet("g", null, Someone),
        ];
        var policy = new Policy("p", true, ".*", PolicyTarget.All, 0, ArgumentTable.Empty);
        CatalogueEvent[] settings =
        [
            new PolicySet("v", policy, Someone), new PolicyCleared("v", "p", false, Someone), new DefaultQueueTypeSet("v", QueueType.Quorum, Someone),
            new TracingSet("v", true, Someone), new QueueLimitSet("v", null, Someone),
        ];
        Assert.Equal(typeof(AccessEvent).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(AccessEvent))).ToHashSet(), [.. changes.Select(static change => change.GetType())]);
        Assert.Equal(
            typeof(CatalogueEvent).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(CatalogueEvent)) && type != typeof(NamesRecorded)).ToHashSet(),
            [.. settings.Select(static change => change.GetType())]);
        var records = new AuditRecords(notesTransient: false);
        var made = changes.Select(change => records.Of(new AccessChanged(change))!).Concat(settings.Select(change => records.Of(new VirtualHostChanged(change))!)).ToArray();
        Assert.Equal(
            [
                "user.created u", "user.changed u", "user.deleted u", "vhost.created v", "vhost.changed v", "vhost.closed v", "vhost.deleted v", "vhost.limited v",
                "user.limited u", "permission.granted u", "permission.cleared u", "topic_permission.granted u", "topic_permission.cleared u",
                "global_parameter.set g", "global_parameter.cleared g",
                "operator_policy.set p", "policy.cleared p", "vhost.changed v", "vhost.changed v", "vhost.limited v",
            ],
            made.Select(static record => $"{record.Kind}.{record.Action} {record.Name}"));
        Assert.All(made, static record => Assert.Same(Someone, record.Origin));
        Assert.All(made, static record => Assert.DoesNotContain("a-hash", record.Details.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void What_clients_declare_for_themselves_is_noted_only_where_that_is_asked_for()
    {
        var binding = new Binding(Destination.Queue("q"), "k", ArgumentTable.Empty);
        var transient = new ExchangeDefinition("topic", false, false, false, ArgumentTable.Empty);
        BrokerEvent[] own =
        [
            new QueueCreated(Orders, Durable with { Durable = false }, null, Someone), new QueueCreated(Orders, Durable with { Exclusive = true }, null, Someone),
            new QueueCreated(Orders, Durable with { AutoDelete = true }, null, Someone), new QueueDeleted(Orders, Someone) { IsOfTransient = true },
            new ExchangeCreated(Exchange, transient, Someone), new ExchangeCreated(Exchange, transient with { Durable = true, AutoDelete = true }, Someone),
            new ExchangeDeleted(Exchange, Someone) { IsOfTransient = true }, new BindingCreated(Exchange, binding, Someone) { IsOfTransient = true },
            new BindingDeleted(Exchange, binding, WithDestination: false, Someone) { IsOfTransient = true },
        ];
        Assert.All(own, static happened => Assert.Null(new AuditRecords(notesTransient: false).Of(happened)));
        Assert.All(own, static happened => Assert.NotNull(new AuditRecords(notesTransient: true).Of(happened)));

        // The destination's deletion is noted.
        Assert.Null(new AuditRecords(notesTransient: true).Of(new BindingDeleted(Exchange, binding, WithDestination: true, Someone)));
    }

    [Fact]
    public void Details_that_are_too_large_are_left_out()
    {
        var large = Durable with { Arguments = ArgumentTable.Of(("x", ArgumentValue.FromString(new string('x', 40_000)))) };
        var record = new AuditRecords(notesTransient: false).Of(new QueueCreated(Orders, large, null, Someone))!;
        Assert.True(record.Details.TryGetValue("omitted_bytes", out var size));
        Assert.InRange(size.AsInt64(), 40_000, 41_000);
    }

    [Fact]
    public void What_the_stream_has_not_got_is_written_by_the_next_process()
    {
        var folder = Directory.CreateTempSubdirectory("actorbroker-audit-");
        try
        {
            var killed = Start(Usual, folder.FullName);
            Happen(new QueueDeleted(Orders, Someone));
            Happen(new QueuePurged(Orders, 3, Someone));
            Stop(killed);
            _region.ExpectMsg<DeclareQueue>();

            var next = Start(Usual, folder.FullName);
            Declared();
            var batch = Resolve();
            Assert.Equal(["queue.deleted", "queue.purged"], [batch.RouteOf(0).RoutingKey, batch.RouteOf(1).RoutingKey]);
            Stop(next);

            Stop(Start(Usual, folder.FullName));
            _region.ExpectNoMsg(0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Without_a_folder_that_can_be_written_changes_are_noted_all_the_same()
    {
        EventFilter.Warning(contains: "would be lost with the process").ExpectOne(() => Start(Usual, Path.Combine(Path.GetTempPath(), $"none-{Guid.NewGuid():N}")));
        Happen(new QueueDeleted(Orders, Someone));
        Declared();
        Assert.Equal(1, Resolve().Count);
    }

    private void Stop(IActorRef actor)
    {
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
    }

    // On the thread that tells it something: what the test has told is done.
    private IActorRef Start(AuditOptions options, string? folder = null)
    {
        var actor = Sys.ActorOf(AuditActor.Props(_services, options, folder).WithDispatcher(CallingThreadDispatcher.Id));
        actor.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>();
        return actor;
    }

    private void Happen(BrokerEvent happened) => Sys.EventStream.Publish(happened);

    private void Pass() => ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));

    private void Declared(Refusal? refusal = null)
    {
        var declare = _region.ExpectMsg<DeclareQueue>();
        _region.Reply(new QueueAnswered(declare.RequestId, refusal, 0, 0));
    }

    private MessageBatch Resolve(bool confirm = true)
    {
        var resolve = _region.ExpectMsg<ResolveQueue>();
        _region.Reply(new QueueResolved(resolve.RequestId, resolve.Queue, _stream));
        var publish = _stream.ExpectMsg<PublishBatch>();
        if (confirm)
        {
            _stream.Reply(new PublishProgress(publish.LinkSequence, publish.LinkSequence));
        }

        return publish.Batch;
    }
}

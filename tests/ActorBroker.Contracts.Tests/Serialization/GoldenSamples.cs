using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Queues;
using ActorBroker.Contracts.Transactions;
using ActorBroker.Core.Access;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Queues.Lanes;
using ActorBroker.Core.Queues.Lifetime;
using ActorBroker.Core.Queues.Transactions;
using ActorBroker.Core.Streams;
using ExchangeBindingSourceAdded = ActorBroker.Core.Exchanges.BindingSourceAdded;
using QueueBindingSourceAdded = ActorBroker.Contracts.Queues.BindingSourceAdded;

namespace ActorBroker.Contracts.Tests.Serialization;

/// <summary>
/// One value for each form that the journal has ever held, by its manifest: what the golden file of that name holds.
/// A new version of a form adds a line and a file; none is ever changed or removed. What was added to a form later has
/// a sample of its own, named after a plus sign.
/// </summary>
internal static class GoldenSamples
{
    private static readonly Origin Origin = new("guest", "127.0.0.1:50000", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private static readonly QueueKey Queue = new("/", "orders");
    private static readonly ExchangeKey Exchange = new("/", "sales");

    private static readonly ArgumentTable Arguments =
        ArgumentTable.Of(("x-max-length", ArgumentValue.FromInt32(10)), ("x-overflow", ArgumentValue.FromString("reject-publish")));

    private static readonly QueueDefinition QueueDefinition = new(Durable: true, Exclusive: false, AutoDelete: true, Arguments);
    private static readonly ExchangeDefinition ExchangeDefinition = new("topic", Durable: true, AutoDelete: false, Internal: true, Arguments);
    private static readonly Policy Limits = new("limits", IsOperator: true, "^a", PolicyTarget.QuorumQueues, -5, Arguments);
    private static readonly EffectivePolicy Effective = new(new AppliedPolicy("limits", Arguments), new AppliedPolicy("operators", Arguments));
    private static readonly Binding ToQueue = new(Destination.Queue("orders"), "order.*", ArgumentTable.Empty);
    private static readonly Binding ToExchange = new(Destination.Exchange("audit"), "#", Arguments);

    private static readonly QueueNotes Notes = new(
        Deadlines: [new(new(10, 20), 1_767_323_105_700), new(new(30, 2), 1_767_323_045_750)],
        Deaths: [new(new(12, 1), (long)DeathReason.Expired), new(new(5, 2), (long)DeathReason.DeliveryLimit)],
        Returns: [new(new(13, 4), new ReturnCounts(2, 5).Packed)],
        Delays: [new(new(13, 4), 1_767_323_050_000)],
        Identities: [new(new UInt128(1, 2), 10, 1_767_323_045_000), new(UInt128.MaxValue, 9, 1_767_323_045_600)]);

    private static PreparedShare Share =>
        new(Transaction(3), Batch("sales", "order.new", "second"), [new(10, 5), new(20, 1)], [new(15, 2)]);

    public static IReadOnlyDictionary<string, object> ByManifest { get; } = new Dictionary<string, object>
    {
        ["qe-declared1"] = new QueueDeclared(Queue, QueueDefinition, Origin),
        ["qe-redefined1"] = new QueueRedefined(QueueDefinition, Origin),
        ["qe-deleted1"] = new QueueDeleted(Origin),
        ["qe-source1"] = new QueueBindingSourceAdded("sales"),
        ["qe-purged1"] = new MessagesPurged([new(1, 5), new(1_000_000, 2)], Origin),
        ["qe-written1"] = new MessagesWritten(
            1_767_323_045_678,
            new QueueWrite(
                [new(7, Batch("sales", "order.new", "first", "second")), new(10, Batch("", "orders", "third"))],
                [new(1, 3), new(5, 1)],
                DeliveredBefore: 6)),
        ["qe-written1+lost"] = new MessagesWritten(
            1_767_323_045_678, new QueueWrite([new(7, Batch("sales", "order.new", "first"))], [], DeliveredBefore: 6))
        {
            Lost = [new(8, 2), new(100, 1)],
        },
        ["qe-written1+transient"] = new MessagesWritten(
            1_767_323_045_678, new QueueWrite([new(7, Batch("sales", "order.new", "first"))], [], DeliveredBefore: 6))
        {
            IsOfTransientQueue = true,
        },
        ["qe-written1+marks"] = new MessagesWritten(
            1_767_323_045_678,
            new QueueWrite([new(7, Batch("sales", "order.new", "first"))], [], DeliveredBefore: 6)
            {
                Marks = [new(0x1122334455667788, 3), new(-2, 1_000_000) { Refused = [new(5, 1), new(900, 20)] }],
            }),
        ["qe-declared1+id"] = new QueueDeclared(Queue, QueueDefinition, Origin) { Declaration = -2 },
        ["qs1+marks"] = new QueueSnapshot(
            Queue,
            QueueDefinition,
            EffectivePolicy.None,
            [],
            new QueueIndex(1000, 900, [new(10, 1)], [new(10, 500, 3, 9, 65_536)])
            {
                Marks = [new(0x1122334455667788, 3) { At = 1_767_323_045_678 }, new(-2, 1_000_000) { Refused = [new(5, 1)], At = 1_767_323_045_000 }],
            })
        {
            Declaration = -2,
        },
        ["je-aside1"] = new EventSetAside("qe-source1c", "Its checksum does not match."),
        ["qe-policy1"] = new QueuePolicyApplied(Effective),
        ["qs1"] = new QueueSnapshot(
            Queue,
            QueueDefinition,
            EffectivePolicy.None,
            ["sales", "returns"],
            new QueueIndex(1000, 900, [new(10, 1), new(20, 980)], [new(10, 500, 3, 9, 65_536), new(500, 1000, 10, 12, 70_000)])),
        ["qs1+stream"] = new QueueSnapshot(
            Queue,
            QueueDefinition,
            EffectivePolicy.None,
            [],
            new QueueIndex(1000, 0, [], [])
            {
                Stream = new StreamIndex(
                    [
                        new(new(10, 500, 3, 9, 65_536), 1_767_323_045_000, 1_767_323_045_600, [1, 2, 3, 4], HasUnfiltered: true),
                        new(new(500, 1000, 10, 12, 70_000), 1_767_323_045_600, 1_767_323_045_600, [0, 0, 0, 0], HasUnfiltered: false),
                    ],
                    LastChunk: 990),
            }),
        ["qs1+history"] = new QueueSnapshot(
            Queue,
            QueueDefinition,
            EffectivePolicy.None,
            [],
            new QueueIndex(1000, 900, [new(990, 10)], [new(980, 1000, 12, 12, 4_000) { LiveBytes = 2_000 }])
            {
                History = new StreamIndex(
                    [
                        new(new(10, 500, 3, 9, 65_536), 1_767_323_045_000, 1_767_323_045_600, [1, 2, 3, 4], HasUnfiltered: true) { Count = 480 },
                        new(new(500, 1000, 10, 12, 70_000), 1_767_323_045_600, 1_767_323_045_600, [0, 0, 0, 0], HasUnfiltered: true) { Count = 500 },
                    ],
                    LastChunk: 990),
            }),
        ["qe-written1+copies"] = new MessagesWritten(
            1_767_323_045_678,
            new QueueWrite([new(70, Batch("sales", "order.new", "new"))], [new(60, 3)], DeliveredBefore: 64)
            {
                Copies = [new(7, Batch("sales", "order.new", "first", "second")), new(10, Batch("", "orders", "third"))],
            }),
        ["qs1+space"] = new QueueSnapshot(
            Queue,
            QueueDefinition,
            EffectivePolicy.None,
            [],
            new QueueIndex(1000, 900, [new(10, 1), new(20, 980)], [new(10, 500, 3, 9, 65_536) { LiveBytes = 32_768 }, new(500, 1000, 10, 12, 70_000)])
            {
                Space = [new(5, 100_000), new(12, 35_000)],
            }),
        ["qe-written1+notes"] = new MessagesWritten(
            1_767_323_045_678, new QueueWrite([new(7, Batch("sales", "order.new", "first"))], [new(1, 3)], DeliveredBefore: 6) { Notes = Notes }),
        ["qs1+policy"] = new QueueSnapshot(Queue, QueueDefinition, Effective, [], new QueueIndex(1, 1, [], [])),
        ["qs1+user"] = new QueueSnapshot(Queue, QueueDefinition, EffectivePolicy.None, [], new QueueIndex(1, 1, [], [])) { DeclaredBy = "guest" },
        ["qs1+notes"] = new QueueSnapshot(
            Queue,
            QueueDefinition,
            EffectivePolicy.None,
            [],
            new QueueIndex(1000, 900, [new(10, 30)], [new(10, 500, 3, 9, 65_536)])
            {
                Notes = Notes,
                BodySizes = [new(new(10, 20), 16), new(new(30, 10), 1024)],
            }),
        ["qs1+lanes"] = new QueueSnapshot(
            Queue,
            QueueDefinition,
            EffectivePolicy.None,
            [],
            new QueueIndex(1000, 900, [new(10, 30)], [new(10, 500, 3, 9, 65_536)])
            {
                Lanes = [new LaneIndex(new LaneKey(9, 0, 0), [new(10, 1)]), new LaneIndex(new LaneKey(4, 0x1234_5678_9ABC, -7), [new(20, 5), new(30, 1)])],
            }),
        ["qe-written1+transactions"] = new MessagesWritten(
            1_767_323_045_678,
            new QueueWrite([new(7, Batch("sales", "order.new", "first"))], [new(1, 3)], DeliveredBefore: 6)
            {
                Ended = [Transaction(1), Transaction(2)],
                Prepared = [Share, new PreparedShare(Transaction(4), MessageBatch.Empty, [], [new(9, 2)])],
            }),
        ["qs1+transactions"] = new QueueSnapshot(
            Queue,
            QueueDefinition,
            EffectivePolicy.None,
            [],
            new QueueIndex(1000, 900, [new(10, 30)], [new(10, 500, 3, 9, 65_536)]) { Prepared = [Share] }),
        ["te-decided1"] = new TransactionsDecided(
            1_767_323_045_678, [new CommittedTransaction(Transaction(1), [Queue])], [Transaction(2)], [Transaction(3)]),
        ["ts1"] = new TransactionsSnapshot(
            [new CommittedTransaction(Transaction(1), [Queue])], [new AbortedTransaction(Transaction(2), 1_767_323_045_678)]),
        ["xe-declared1"] = new ExchangeDeclared(Exchange, ExchangeDefinition, Origin),
        ["xe-deleted1"] = new ExchangeDeleted(Exchange, Origin),
        ["xe-source1"] = new ExchangeBindingSourceAdded(Exchange, "upstream", Durable: true),
        ["xe-bound1"] = new BindingAdded(Exchange, ToExchange, Durable: true, Origin),
        ["xe-unbound1"] = new BindingRemoved(Exchange, ToQueue, Origin),
        ["xe-removed1"] = new DestinationUnbound(Exchange, Destination.Exchange("audit"), Origin),
        ["xs1"] = new ExchangeSnapshot(Exchange, ExchangeDefinition, [ToQueue, ToExchange], ["upstream"]),
        ["ce-names1"] = new NamesRecorded(
            "/",
            [new(Added: true, new(DestinationKind.Queue, "orders", Durable: true)), new(Added: false, new(DestinationKind.Exchange, "old", Durable: false))]),
        ["cs1"] = new CatalogueSnapshot(
            "/", [new(DestinationKind.Queue, "orders", Durable: true), new(DestinationKind.Exchange, "sales", Durable: true)], VirtualHostPolicies.Empty),
        ["cs1+policies"] = new CatalogueSnapshot("/", [], new VirtualHostPolicies(QueueType.Quorum, [Limits])),
        ["cs1+tracing"] = new CatalogueSnapshot("/", [], new VirtualHostPolicies(null, [], isTraced: true)),
        ["ce-tracing1"] = new TracingSet("/", IsOn: true, Origin),
        ["ce-policy1"] = new PolicySet("/", Limits, Origin),
        ["ce-cleared1"] = new PolicyCleared("/", "limits", IsOperator: true, Origin),
        ["ce-default1"] = new DefaultQueueTypeSet("/", QueueType.Quorum, Origin),
        ["cs1+limit"] = new CatalogueSnapshot("/", [], VirtualHostPolicies.Empty, QueuesMax: 0),
        ["ce-queuelimit1"] = new QueueLimitSet("/", 500, Origin),
        ["ae-vhostlimits1"] = new VirtualHostLimited("/", 1000, Origin),
        ["ae-userlimits1"] = new UserLimited("guest", new UserLimits(0, null), Origin),
        ["ae-parameter1"] = new GlobalParameterSet("cluster_name", "\"eu\"", Origin),
        ["ae-user1"] = new UserCreated(
            new User("guest", PasswordHash.Create(PasswordHashing.Sha256, [1, 2, 3, 4], "guest"), [User.Administrator, "monitoring"]), Origin),
        ["ae-vhost1"] = new VirtualHostCreated("/", VirtualHostMetadata.None, Origin),
        ["ae-permission1"] = new PermissionGranted("guest", "/", new Permission("^a", "^b", "^c"), Origin),
        ["ae-user1+hashing"] = new UserCreated(
            new User("guest", PasswordHash.Create(PasswordHashing.Sha512, [1, 2, 3, 4], "guest"), [], PasswordHashing.Sha512), Origin),
        ["ae-userchanged1"] = new UserChanged(
            new User("guest", string.Empty, ["management"]), HasPasswordChanged: true, HaveTagsChanged: false, Origin),
        ["ae-userdeleted1"] = new UserDeleted("guest", Origin),
        ["ae-vhost1+metadata"] = new VirtualHostCreated("sales", Metadata, Origin),
        ["ae-vhost1+journal"] = new VirtualHostCreated("sales", Metadata with { Journal = "archive" }, Origin),
        ["as1"] = new AccessEntitySnapshot(
            [new UserDeleted("former", Origin), new VirtualHostDescribed("sales", Metadata, Origin), new VirtualHostLimited("sales", 1000, Origin)]),
        ["ae-vhostdescribed1"] = new VirtualHostDescribed("sales", Metadata with { IsProtected = true }, Origin),
        ["ae-vhostclosed1"] = new VirtualHostClosed("sales", Origin),
        ["ae-vhostdeleted1"] = new VirtualHostDeleted("sales", Origin),
        ["ae-cleared1"] = new PermissionCleared("guest", "/", Origin),
        ["ae-topic1"] = new TopicPermissionGranted("guest", "/", "amq.topic", new TopicPermission("^{username}", "^a"), Origin),
        ["ae-topiccleared1"] = new TopicPermissionCleared("guest", "/", "amq.topic", Origin),
    };

    private static VirtualHostMetadata Metadata => new("of sales", ["production"], QueueType.Quorum, IsProtected: false);

    private static MessageBatch Batch(string exchange, string routingKey, params string[] bodies)
    {
        byte[] properties = [0x10, 0x00, 0x02];
        var slab = new byte[bodies.Sum(body => MessageRecord.SizeOf(properties.Length, body.Length))];
        var offsets = new int[bodies.Length];
        var position = 0;
        for (var i = 0; i < bodies.Length; i++)
        {
            offsets[i] = position;
            MessageRecord.WriteHeader(
                slab.AsSpan(position), MessageFormat.Amqp091, properties.Length, bodies[i].Length, 0, MessageFlags.Persistent, (byte)i);
            properties.CopyTo(slab, position + MessageRecord.HeaderSize);
            System.Text.Encoding.ASCII.GetBytes(bodies[i], slab.AsSpan(position + MessageRecord.HeaderSize + properties.Length));
            position += MessageRecord.SizeOf(properties.Length, bodies[i].Length);
        }

        return new MessageBatch(slab, offsets, [MessageRoute.Create(exchange, routingKey)]);
    }

    private static TransactionId Transaction(byte number) => new(new Guid(0x01234567u, 0x89AB, 0x4DEF, 8, 7, 6, 5, 4, 3, 2, number));
}

using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;
using ActorBroker.Protocols.Amqp091.Wire;
using Xunit;

namespace ActorBroker.Protocols.Amqp091.Tests.Session;

public sealed class TracingTests
{
    private static readonly ArgumentTable Copied = ArgumentTable.Of(("CC", ArgumentValue.FromArray(ArgumentValue.FromString("second"))));

    private readonly Conversation _conversation = Conversation.Opened();
    private readonly RecordingTracer _tracer = new();

    public TracingTests() => _conversation.Session.Tracer = _tracer;

    [Fact]
    public void A_publish_is_copied_with_what_it_was_and_where_it_went()
    {
        var properties = new BasicProperties { ContentType = "text/plain", Headers = Copied, DeliveryMode = 2, Timestamp = 5_000_000_000, AppId = "app" };
        _conversation.Exchange(new ClientScript().Publish(1, "ex", "first", "body"u8, properties));

        var (key, copy, body) = Assert.Single(_tracer.Copies);
        Assert.Equal(("publish.ex", "body"), (key, body));
        Assert.Equal(new BasicProperties { Headers = copy.Headers }, copy);
        Assert.Equal(
            ArgumentTable.Of(
                ("exchange_name", ArgumentValue.FromString("ex")),
                ("routing_keys", ArgumentValue.FromArray(ArgumentValue.FromString("first"), ArgumentValue.FromString("second"))),
                ("properties", ArgumentValue.FromTable(ArgumentTable.Of(
                    ("content_type", ArgumentValue.FromString("text/plain")),
                    ("headers", ArgumentValue.FromTable(Copied)),
                    ("delivery_mode", ArgumentValue.FromInt32(2)),
                    ("timestamp", ArgumentValue.FromInt64(5_000_000_000)),
                    ("app_id", ArgumentValue.FromString("app"))))),
                ("node", ArgumentValue.FromString("broker@node")),
                ("vhost", ArgumentValue.FromString("/")),
                ("connection", ArgumentValue.FromString("client -> broker")),
                ("channel", ArgumentValue.FromInt32(1)),
                ("user", ArgumentValue.FromString("guest")),
                ("routed_queues", ArgumentValue.FromArray(ArgumentValue.FromString("ex first second")))),
            copy.Headers);
    }

    [Fact]
    public void A_large_message_in_many_frames_and_one_in_a_transaction_are_copied_too()
    {
        var large = new string('l', 300_000);
        _conversation.Exchange(new ClientScript().Publish(1, "", "q", Encoding.ASCII.GetBytes(large)));
        _conversation.Exchange(new ClientScript().Method(1, new TxSelect()).Publish(1, "", "q", "tx"u8));
        Assert.Equal([("publish.", large), ("publish.", "tx")], _tracer.Copies.Select(copy => (copy.RoutingKey, copy.Body)));
    }

    [Fact]
    public void A_delivery_is_copied_with_its_queue_in_the_key()
    {
        var consumer = _conversation.Consume("tag");
        _conversation.Deliver(consumer, 0, 2, "m", redelivered: true);
        _conversation.Settle();

        Assert.Equal([("deliver.q", "m"), ("deliver.q", "m")], _tracer.Copies.Select(copy => (copy.RoutingKey, copy.Body)));
        Assert.Equal(
            ArgumentTable.Of(
                ("exchange_name", ArgumentValue.FromString("ex")),
                ("routing_keys", ArgumentValue.FromArray(ArgumentValue.FromString("key"))),
                ("properties", ArgumentValue.FromTable(ArgumentTable.Empty)),
                ("node", ArgumentValue.FromString("broker@node")),
                ("redelivered", ArgumentValue.FromInt32(1)),
                ("vhost", ArgumentValue.FromString("/")),
                ("connection", ArgumentValue.FromString("client -> broker")),
                ("channel", ArgumentValue.FromInt32(1)),
                ("user", ArgumentValue.FromString("guest"))),
            _tracer.Copies[0].Properties.Headers);
    }

    [Fact]
    public void A_message_that_was_got_is_copied_as_the_client_sees_it()
    {
        var properties = new BasicProperties { Headers = Copied }.ToArray();
        var segment = Conversation.Segment(0, 1, "got"u8.ToArray(), properties: properties) with { DeliveryCount = 3 };
        _conversation.Session.GetReply = new GetReply(null, segment, 0);
        _conversation.Exchange(new BasicGet("q", NoAck: true));

        var (key, copy, body) = Assert.Single(_tracer.Copies);
        Assert.Equal(("deliver.q", "got"), (key, body));
        Assert.Equal(
            ArgumentValue.FromArray(ArgumentValue.FromString("key"), ArgumentValue.FromString("second")), Header(copy, "routing_keys"));
        var seen = ArgumentTable.Of(
            ("CC", ArgumentValue.FromArray(ArgumentValue.FromString("second"))), ("x-delivery-count", ArgumentValue.FromInt64(3)));
        Assert.Equal(
            ArgumentValue.FromTable(ArgumentTable.Of(("headers", ArgumentValue.FromTable(seen)))), Header(copy, "properties"));
    }

    [Fact]
    public void A_copy_is_not_copied()
    {
        var copy = Conversation.Segment(0, 1, "copy"u8.ToArray());
        var batch = new MessageBatch(copy.Batch.RecordOf(0).ToArray(), [0], [MessageRoute.Create("amq.rabbitmq.trace", "publish.ex")]);
        _conversation.Connection.OnDeliveries(_conversation.Consume("tag"), [copy with { Batch = batch }]);
        _conversation.Settle();
        Assert.NotEmpty(_conversation.TakeLines());
        Assert.Empty(_tracer.Copies);
    }

    [Fact]
    public void A_name_that_leaves_no_room_in_the_routing_key_is_cut_between_characters()
    {
        var name = "x" + string.Concat(Enumerable.Repeat("é", 127));
        _conversation.Exchange(new ClientScript().Publish(1, name, "k", ""u8));
        var key = Assert.Single(_tracer.Copies).RoutingKey;
        Assert.Equal("publish." + name[..124], key);
        Assert.Equal(255, Encoding.UTF8.GetByteCount(key));
    }

    [Fact]
    public void Copies_are_sent_with_the_deliveries_that_they_are_of()
    {
        var consumer = _conversation.Consume("tag", noAck: true);
        _conversation.Deliver(consumer, 0, 1);
        var before = _conversation.Session.EndOfReads;
        _conversation.Settle();
        Assert.Equal(before + 1, _conversation.Session.EndOfReads);
    }

    [Fact]
    public void Nothing_is_copied_any_more_once_tracing_is_off()
    {
        _conversation.Session.Tracer = null;
        _conversation.Exchange(new ClientScript().Publish(1, "ex", "k", "body"u8));
        _conversation.Deliver(_conversation.Consume("tag"), 0, 1);
        _conversation.Settle();
        Assert.Empty(_tracer.Copies);
    }

    private static ArgumentValue Header(BasicProperties copy, string name)
    {
        Assert.True(copy.Headers!.TryGetValue(name, out var value));
        return value;
    }

    private sealed class RecordingTracer : SessionTracer
    {
        public List<(string RoutingKey, BasicProperties Properties, string Body)> Copies { get; } = [];

        public override string Node => "broker@node";

        public override string Connection => "client -> broker";

        public override bool HasUnderWay => false;

        public override IReadOnlyList<string> QueuesOf(PublishTarget target, string[] moreKeys) =>
            [$"{target.Route.Exchange} {target.Route.RoutingKey} {string.Join(' ', moreKeys)}"];

        public override void Publish(string routingKey, in PublishedMessage copy) => Copies.Add((
            routingKey,
            BasicProperties.Read(copy.PropertiesSource.AsSpan(copy.PropertiesOffset, copy.PropertiesLength)),
            Encoding.Latin1.GetString(copy.BodySource.AsSpan(copy.BodyOffset, copy.BodyLength))));
    }
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using ActorBroker.Core.Tests.Arguments;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What may be declared, with the texts of RabbitMQ 3.10 where it has them and of 4.3 else.</summary>
public sealed class QueueDeclarationTests
{
    private const string Quorum = "x-queue-type=quorum";
    private const string Stream = "x-queue-type=stream";

    private static readonly QueueKey Key = new("/", "q");

    [Theory]
    [InlineData("invalid arg 'x-message-ttl' for queue 'q' in vhost '/': {value_negative,-1}", "x-message-ttl=-1")]
    [InlineData("invalid arg 'x-message-ttl' for queue 'q' in vhost '/': \"expected integer, got longstr\"", "x-message-ttl=soon")]
    [InlineData("invalid arg 'x-message-ttl' for queue 'q' in vhost '/': {value_too_large,10000000000000}", "x-message-ttl=10000000000000")]
    [InlineData("invalid arg 'x-expires' for queue 'q' in vhost '/': {value_zero,0}", "x-expires=0")]
    [InlineData("invalid arg 'x-expires' for queue 'q' in vhost '/': \"expected integer, got bool\"", "x-expires=true")]
    [InlineData("invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'", "x-dead-letter-exchange=1")]
    [InlineData("invalid arg 'x-dead-letter-routing-key' for queue 'q' in vhost '/': routing_key_but_no_dlx_defined", "x-dead-letter-routing-key=a")]
    [InlineData("invalid arg 'x-dead-letter-routing-key' for queue 'q' in vhost '/': {unacceptable_type,signedint}", "x-dead-letter-routing-key=1")]
    [InlineData("invalid arg 'x-dead-letter-strategy' for queue 'q' in vhost '/': invalid_dlx_strategy", Quorum, "x-dead-letter-strategy=x")]
    [InlineData("invalid arg 'x-dead-letter-strategy' for queue 'q' in vhost '/' of queue type rabbit_classic_queue", "x-dead-letter-strategy=at-most-once")]
    [InlineData("invalid arg 'x-max-length' for queue 'q' in vhost '/': {value_negative,-5}", "x-max-length=-5")]
    [InlineData("invalid arg 'x-max-priority' for queue 'q' in vhost '/': {max_value_exceeded,256}", "x-max-priority=256")]
    [InlineData("invalid arg 'x-max-priority' for queue 'q' in vhost '/': {max_value_exceeded,32}", Quorum, "x-max-priority=32")]
    [InlineData("invalid arg 'x-max-priority' for queue 'q' in vhost '/': {value_negative,-1}", "x-max-priority=-1")]
    [InlineData("invalid arg 'x-overflow' for queue 'q' in vhost '/': invalid_overflow", "x-overflow=nope")]
    [InlineData("invalid arg 'x-overflow' for queue 'q' in vhost '/': {unacceptable_type,signedint}", "x-overflow=1")]
    [InlineData("invalid arg 'x-queue-mode' for queue 'q' in vhost '/': \"unsupported queue mode 'odd'\"", "x-queue-mode=odd")]
    [InlineData("invalid arg 'x-queue-version' for queue 'q' in vhost '/': \"unsupported queue version '3'\"", "x-queue-version=3")]
    [InlineData("invalid arg 'x-queue-mode' for queue 'q' in vhost '/' of queue type rabbit_quorum_queue", Quorum, "x-queue-mode=lazy")]
    [InlineData("invalid arg 'x-single-active-consumer' for queue 'q' in vhost '/': {unacceptable_type,longstr}", "x-single-active-consumer=yes")]
    [InlineData("invalid arg 'x-queue-type' for queue 'q' in vhost '/': \"unsupported queue type 'odd'\"", "x-queue-type=odd")]
    [InlineData("invalid arg 'x-queue-type' for queue 'q' in vhost '/': {unacceptable_type,signedint}", "x-queue-type=1")]
    [InlineData("invalid arg 'x-quorum-initial-group-size' for queue 'q' in vhost '/': {value_zero,0}", Quorum, "x-quorum-initial-group-size=0")]
    [InlineData("invalid arg 'x-queue-leader-locator' for queue 'q' in vhost '/': invalid_queue_locator_arg", Quorum, "x-queue-leader-locator=odd")]
    [InlineData("invalid arg 'x-member-placement-tag' for queue 'q' in vhost '/': invalid_member_placement_tag_arg", Quorum, "x-member-placement-tag=")]
    [InlineData("invalid arg 'x-delivery-limit' for queue 'q' in vhost '/' of queue type rabbit_classic_queue", "x-delivery-limit=3")]
    [InlineData("invalid arg 'x-max-age' for queue 'q' in vhost '/': invalid_max_age", Stream, "x-max-age=7X")]
    [InlineData("invalid arg 'x-max-age' for queue 'q' in vhost '/': {unacceptable_type,signedint}", Stream, "x-max-age=7")]
    [InlineData("Exceeded max value for x-stream-max-segment-size-bytes", Stream, "x-stream-max-segment-size-bytes=3000000001")]
    [InlineData("Invalid value for x-stream-filter-size-bytes", Stream, "x-stream-filter-size-bytes=15")]
    [InlineData("invalid arg 'x-message-ttl' for queue 'q' in vhost '/' of queue type rabbit_stream_queue", Stream, "x-message-ttl=1")]
    [InlineData("invalid arg 'x-delayed-retry-type' for queue 'q' in vhost '/': invalid_delayed_retry_type", Quorum, "x-delayed-retry-type=odd")]
    [InlineData("invalid arg 'x-delayed-retry-min' for queue 'q' in vhost '/': {value_zero,0}", Quorum, "x-delayed-retry-min=0")]
    [InlineData("invalid arg 'x-delayed-retry-backoff' for queue 'q' in vhost '/': invalid_delayed_retry_backoff", Quorum, "x-delayed-retry-backoff=0")]
    [InlineData("invalid arg 'x-message-deduplication' for queue 'q' in vhost '/': {unacceptable_type,signedint}", "x-message-deduplication=1")]
    [InlineData("invalid arg 'x-message-group-header' for queue 'q' in vhost '/': empty_header_name", "x-message-group-header=")]
    [InlineData("invalid arg 'x-allow-redefine' for queue 'q' in vhost '/': {unacceptable_type,longstr}", "x-allow-redefine=yes")]
    [InlineData("invalid arg 'x-retention' for queue 'q' in vhost '/': invalid_retention", "x-retention=7D;8D")]
    [InlineData("invalid arg 'x-retention' for queue 'q' in vhost '/': {unacceptable_type,signedint}", "x-retention=1000")]
    [InlineData("invalid arg 'x-retention' for queue 'q' in vhost '/': a stream keeps its messages by 'x-max-age' and 'x-max-length-bytes'", Stream, "x-retention=7D")]
    public void What_RabbitMQ_refuses_is_refused_in_its_words(string text, params string[] arguments) =>
        Assert.Equal(new Refusal(RefusalReason.PreconditionFailed, text), QueueDeclaration.Check(Key, Declared(arguments)));

    [Theory]
    [InlineData("x-message-ttl=0", "x-expires=1", "x-max-length=0", "x-max-length-bytes=1000", "x-overflow=reject-publish-dlx")]
    [InlineData("x-dead-letter-exchange=", "x-dead-letter-routing-key=dead", "x-max-priority=255", "x-single-active-consumer=true")]
    [InlineData("x-queue-mode=lazy", "x-queue-version=1", "x-queue-master-locator=min-masters", "x-ha-policy=all", "x-queue-type=classic")]
    [InlineData("x-consumer-timeout=1000", "x-message-deduplication=true", "x-cache-size=10", "x-cache-ttl=10", "x-deduplication-header=id")]
    [InlineData("x-message-group-header=customer", "x-fair-header=tenant", "x-queue-leader-locator=balanced", "x-anything=at all")]
    [InlineData("x-retention=7D;1GB")]
    [InlineData(Quorum, "x-retention=500MB")]
    [InlineData(Quorum, "x-delivery-limit=-1", "x-dead-letter-exchange=e", "x-dead-letter-strategy=at-least-once", "x-overflow=reject-publish")]
    [InlineData(Quorum, "x-delayed-retry-type=all", "x-delayed-retry-min=10", "x-delayed-retry-max=100", "x-delayed-retry-backoff=2", "x-max-priority=31")]
    [InlineData(Quorum, "x-quorum-initial-group-size=3", "x-member-placement-tag=ssd", "x-consumer-disconnected-timeout=60000", "x-max-in-memory-length=5")]
    [InlineData(Stream, "x-max-age=7D", "x-max-length-bytes=1000", "x-stream-max-segment-size-bytes=1000", "x-stream-filter-size-bytes=255", "x-initial-cluster-size=1")]
    public void What_RabbitMQ_or_its_users_know_is_accepted(params string[] arguments) =>
        Assert.Null(QueueDeclaration.Check(Key, Declared(arguments)));

    [Theory]
    [InlineData(true, true, false, "exclusive-owner")]
    [InlineData(true, false, true, "auto-delete")]
    [InlineData(false, false, false, "non-durable")]
    [InlineData(false, true, true, "auto-delete")]
    public void Quorum_queues_and_streams_are_durable_and_shared(bool durable, bool exclusive, bool autoDelete, string property)
    {
        foreach (var type in new[] { Quorum, Stream })
        {
            var refusal = QueueDeclaration.Check(Key, new QueueDefinition(durable, exclusive, autoDelete, Table(type)));
            Assert.Equal($"invalid property '{property}' for queue 'q' in vhost '/'", refusal?.Text);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Only_what_outlives_a_restart_keeps_what_was_consumed(bool durable, bool exclusive) => Assert.Equal(
        new Refusal(
            RefusalReason.PreconditionFailed,
            "invalid arg 'x-retention' for queue 'q' in vhost '/': only a durable queue that is not exclusive keeps consumed messages"),
        QueueDeclaration.Check(Key, new QueueDefinition(durable, exclusive, AutoDelete: false, Table("x-retention=7D"))));

    [Fact]
    public void Only_a_classic_queue_may_be_named_by_the_server()
    {
        var key = new QueueKey("/", "amq.gen-abc");
        Assert.Equal("Cannot declare a server-named queue for type rabbit_quorum_queue", QueueDeclaration.Check(key, Declared(Quorum))?.Text);
        Assert.Null(QueueDeclaration.Check(key, Declared()));
    }

    [Theory]
    [InlineData("received '8D' but current is '7D'", "x-retention", "x-retention=7D", "x-retention=8D")]
    [InlineData("received '11' but current is '10'", "x-max-length", "x-max-length=10", "x-max-length=11")]
    [InlineData("received none but current is the value '10' of type 'signedint'", "x-max-length", "x-max-length=10", "")]
    [InlineData("received the value 'true' of type 'bool' but current is none", "x-single-active-consumer", "", "x-single-active-consumer=true")]
    [InlineData("received 'true' but current is 'false'", "x-single-active-consumer", "x-single-active-consumer=false", "x-single-active-consumer=true")]
    [InlineData("received none but current is the value 'quorum' of type 'longstr'", "x-queue-type", Quorum, "")]
    [InlineData("received the value '-1' of type 'signedint' but current is none", "x-message-ttl", "", "x-message-ttl=-1")]
    public void A_difference_is_named_as_RabbitMQ_names_it(string text, string argument, string existing, string declared) =>
        Assert.Equal(
            $"inequivalent arg '{argument}' for queue 'q' in vhost '/': {text}",
            QueueDeclaration.CheckEquivalence(Key, Declared(existing), Declared(declared))?.Text);

    [Theory]
    [InlineData("", "x-queue-type=classic")]
    [InlineData("x-queue-type=classic", "")]
    [InlineData("x-note=first", "x-note=second")]
    [InlineData("", "x-delivery-limit=3")]
    public void What_means_the_same_to_the_type_is_equivalent(string existing, string declared) =>
        Assert.Null(QueueDeclaration.CheckEquivalence(Key, Declared(existing), Declared(declared)));

    [Fact]
    public void Integers_are_compared_as_numbers() => Assert.Null(QueueDeclaration.CheckEquivalence(
        Key,
        Declared() with { Arguments = ArgumentTable.Of(("x-max-length", ArgumentValue.FromInt64(10))) },
        Declared() with { Arguments = ArgumentTable.Of(("x-max-length", ArgumentValue.FromSByte(10))) }));

    [Fact]
    public void The_default_type_is_given_to_what_can_be_of_it()
    {
        Assert.Equal(QueueType.Quorum, QueueArguments.TypeOf(QueueDeclaration.WithType(Declared("x-max-length=1"), QueueType.Quorum).Arguments));
        foreach (var other in new[] { Declared() with { Exclusive = true }, Declared() with { Durable = false }, Declared() with { AutoDelete = true }, Declared(Stream) })
        {
            Assert.Same(other, QueueDeclaration.WithType(other, QueueType.Quorum));
        }
    }

    [Fact]
    public void A_redefinition_gives_new_arguments_and_is_not_kept_itself()
    {
        var (refusal, definition) = QueueDeclaration.Redefine(Key, Declared("x-max-length=10"), Declared("x-max-length=20", "x-allow-redefine=true"));
        Assert.Null(refusal);
        Assert.Equal(Declared("x-max-length=20"), definition);
        Assert.Equal((null, null), QueueDeclaration.Redefine(Key, Declared("x-max-length=20"), Declared("x-max-length=20", "x-allow-redefine=true")));
    }

    [Theory]
    [InlineData("inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received 'quorum' but current is 'classic'", Quorum)]
    [InlineData("invalid arg 'x-max-length' for queue 'q' in vhost '/': {value_negative,-1}", "x-max-length=-1")]
    public void A_redefinition_is_refused_where_the_queue_cannot_become_that(string text, string declared) =>
        Assert.Equal(text, QueueDeclaration.Redefine(Key, Declared("x-queue-type=classic"), Declared(declared, "x-allow-redefine=true")).Refusal?.Text);

    [Fact]
    public void A_redefinition_changes_neither_durability_nor_ownership()
    {
        Assert.Equal(RefusalReason.PreconditionFailed, QueueDeclaration.Redefine(Key, Declared(), Declared() with { Durable = false }).Refusal?.Reason);
        Assert.Equal(RefusalReason.ResourceLocked, QueueDeclaration.Redefine(Key, Declared(), Declared() with { Exclusive = true }).Refusal?.Reason);
    }

    [Fact]
    public void No_table_is_too_odd_to_be_judged() =>
        Gen.Select(OddTable, OddTable, Gen.Bool).Sample((first, second, durable) =>
        {
            var definition = new QueueDefinition(durable, false, false, first);
            Assert.Equal(QueueDeclaration.Check(Key, definition), QueueDeclaration.Check(Key, definition));
            Assert.Null(QueueDeclaration.CheckEquivalence(Key, definition, definition));
            Assert.NotNull(QueueSettingsResolver.Resolve(first, second));
            Assert.NotNull(ConsumerArguments.Of(first));
            Assert.Equal(ConsumerArguments.Check(Key, QueueType.Classic, first), ConsumerArguments.Check(Key, QueueType.Classic, first));
        });

    private static readonly string[] Names =
    [
        "x-queue-type", "x-expires", "x-message-ttl", "x-dead-letter-exchange", "x-dead-letter-routing-key", "x-dead-letter-strategy", "x-max-length",
        "x-max-priority", "x-overflow", "x-single-active-consumer", "x-delivery-limit", "x-delayed-retry-type", "x-delayed-retry-min",
        "x-delayed-retry-backoff", "x-max-age", "x-stream-filter-size-bytes", "x-priority", "x-stream-offset", "x-stream-filter", "delivery-limit",
        "message-ttl", "overflow", "delayed-retry-type", "delayed-retry-min", "max-age", "stream-filter-size-bytes", "x-message-deduplication",
    ];

    private static readonly Gen<ArgumentValue> OddValue = Gen.OneOf(
        ArgumentGen.Value,
        AnyOf("quorum", "stream", "classic", "all", "reject-publish", "7D", "at-least-once", "true").Select(text => ArgumentValue.FromString(text)));

    private static readonly Gen<ArgumentTable> OddTable = Gen.Select(AnyOf(Names), OddValue).Array[0, 8].Select(entries => ArgumentTable.Of(entries));

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static QueueDefinition Declared(params string[] arguments) => new(true, false, false, Table(arguments));

    internal static ArgumentTable Table(params string[] arguments)
    {
        var table = new ArgumentTable.Builder();
        foreach (var argument in arguments.Where(argument => argument.Length > 0))
        {
            var separator = argument.IndexOf('=', StringComparison.Ordinal);
            var text = argument[(separator + 1)..];
            table.Add(argument[..separator], text switch
            {
                "true" => ArgumentValue.FromBoolean(true),
                "false" => ArgumentValue.FromBoolean(false),
                _ when int.TryParse(text, out var small) => ArgumentValue.FromInt32(small),
                _ when long.TryParse(text, out var large) => ArgumentValue.FromInt64(large),
                _ => ArgumentValue.FromString(text),
            });
        }

        return table.Build();
    }
}

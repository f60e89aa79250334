using ActorBroker.Core.Arguments;
using ActorBroker.Core.Queues;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>What arguments and policy come to together, as RabbitMQ's queue types decide it.</summary>
public sealed class QueueSettingsResolverTests
{
    private const string Quorum = "x-queue-type=quorum";

    [Fact]
    public void Without_anything_a_queue_is_as_it_was_without_arguments() =>
        Assert.Equal(QueueSettings.Default, QueueSettingsResolver.Resolve(ArgumentTable.Empty, ArgumentTable.Empty));

    [Fact]
    public void Every_argument_of_a_classic_queue_has_its_place() => Assert.Equal(
        new QueueSettings
        {
            Type = QueueType.Classic,
            MessageTtl = 1,
            Expires = 2,
            MaxLength = 3,
            MaxLengthBytes = 4,
            Overflow = QueueOverflow.RejectPublishDeadLetter,
            DeadLetterExchange = "",
            DeadLetterRoutingKey = "dead",
            MaxPriority = 10,
            SingleActiveConsumer = true,
            ConsumerTimeout = 5,
            GroupHeader = "group",
            FairHeader = "tenant",
            Deduplication = new Deduplication("id", 6, 7),
            Retention = new Retention(1000, 2000),
        },
        Resolve(
            "x-message-ttl=1", "x-expires=2", "x-max-length=3", "x-max-length-bytes=4", "x-overflow=reject-publish-dlx", "x-dead-letter-exchange=",
            "x-dead-letter-routing-key=dead", "x-max-priority=10", "x-single-active-consumer=true", "x-consumer-timeout=5", "x-message-group-header=group",
            "x-fair-header=tenant", "x-message-deduplication=true", "x-deduplication-header=id", "x-cache-size=6", "x-cache-ttl=7", "x-retention=1s;2kB"));

    [Fact]
    public void A_quorum_queue_has_limits_priorities_and_retries_of_its_own()
    {
        var bare = Resolve(Quorum);
        Assert.Equal((QueueType.Quorum, 20, 31, 4), (bare.Type, bare.DeliveryLimit, bare.MaxPriority, bare.DefaultPriority));
        Assert.Null(Resolve(Quorum, "x-delivery-limit=-1").DeliveryLimit);
        Assert.Equal(3, Resolve(Quorum, "x-delivery-limit=3").DeliveryLimit);
        Assert.Equal((2, 2), (Resolve(Quorum, "x-max-priority=2").MaxPriority, Resolve(Quorum, "x-max-priority=2").DefaultPriority));
        Assert.Equal(
            new DelayedRetry(DelayedRetryType.Failed, 10, 100, 2),
            Resolve(Quorum, "x-delayed-retry-type=failed", "x-delayed-retry-min=10", "x-delayed-retry-max=100", "x-delayed-retry-backoff=2").DelayedRetry);
        Assert.Equal(new DelayedRetry(DelayedRetryType.All, 10, 10, null), Resolve(Quorum, "x-delayed-retry-type=all", "x-delayed-retry-min=10").DelayedRetry);
        Assert.Null(Resolve(Quorum, "x-delayed-retry-type=all").DelayedRetry);
        Assert.Null(Resolve(Quorum, "x-delayed-retry-type=disabled", "x-delayed-retry-min=10").DelayedRetry);
    }

    [Fact]
    public void At_least_once_needs_a_queue_that_refuses_publishes_when_it_is_full()
    {
        Assert.Equal(DeadLetterStrategy.AtLeastOnce, Resolve(Quorum, "x-dead-letter-exchange=e", "x-dead-letter-strategy=at-least-once", "x-overflow=reject-publish").DeadLetterStrategy);
        Assert.Equal(DeadLetterStrategy.AtMostOnce, Resolve(Quorum, "x-dead-letter-exchange=e", "x-dead-letter-strategy=at-least-once").DeadLetterStrategy);
        Assert.Equal(DeadLetterStrategy.AtMostOnce, Resolve(Quorum, "x-dead-letter-strategy=at-least-once", "x-overflow=reject-publish").DeadLetterStrategy);
        Assert.Equal(QueueOverflow.DropHead, Resolve(Quorum, "x-overflow=reject-publish-dlx").Overflow);
    }

    [Fact]
    public void A_stream_has_retention_and_sizes()
    {
        var stream = Resolve("x-queue-type=stream", "x-max-age=1h", "x-max-length-bytes=5", "x-stream-max-segment-size-bytes=6", "x-stream-filter-size-bytes=32");
        Assert.Equal(
            (QueueType.Stream, 3_600_000L, 5L, 6L, 32), (stream.Type, stream.MaxAge, stream.MaxLengthBytes, stream.StreamSegmentBytes, stream.StreamFilterBytes));
        Assert.Equal((500_000_000L, 16), (Resolve("x-queue-type=stream").StreamSegmentBytes, Resolve("x-queue-type=stream").StreamFilterBytes));
    }

    [Theory]
    [InlineData("", 5, 10, 5)]
    [InlineData("", 20, 10, 10)]
    [InlineData(Quorum, 5, 10, 5)]
    [InlineData("x-queue-type=stream", 5, 10, 10)]
    [InlineData("x-queue-type=stream", 20, 10, 10)]
    public void Of_two_limits_the_lower_one_counts_and_for_a_stream_the_policys(string type, int argument, int policy, int effective) => Assert.Equal(
        effective, QueueSettingsResolver.Resolve(Table(type, $"x-max-length-bytes={argument}"), Table($"max-length-bytes={policy}")).MaxLengthBytes);

    [Theory]
    [InlineData("x-retention=7D;1GB", "retention=1D", 86_400_000L, 1_000_000_000L)]
    [InlineData("x-retention=1h", "retention=1D;5MiB", 3_600_000L, 5_242_880L)]
    [InlineData("", "retention=1MB", null, 1_000_000L)]
    [InlineData("x-retention=10B", "", null, 10L)]
    [InlineData("x-retention=nothing", "retention=1", null, null)]
    public void Of_two_retentions_the_lower_age_and_the_lower_size_count(string argument, string policy, long? age, long? bytes)
    {
        foreach (var type in new[] { "x-queue-type=classic", Quorum })
        {
            var settings = QueueSettingsResolver.Resolve(Table(type, argument), Table(policy));
            Assert.Equal((age, bytes, age), (settings.Retention?.Age, settings.Retention?.Bytes, settings.KeptFor));
        }
    }

    [Theory]
    [InlineData("", QueueOverflow.DropHead)]
    [InlineData(Quorum, QueueOverflow.RejectPublish)]
    public void A_classic_queues_own_overflow_goes_before_the_policys_and_a_quorum_queues_does_not(string type, QueueOverflow overflow) => Assert.Equal(
        overflow, QueueSettingsResolver.Resolve(Table(type, "x-overflow=drop-head"), Table("overflow=reject-publish")).Overflow);

    [Theory]
    [InlineData(3, 5, 3)]
    [InlineData(5, 3, 3)]
    [InlineData(-1, 5, 5)]
    [InlineData(5, -1, 5)]
    [InlineData(-1, -2, null)]
    public void A_limit_to_deliveries_goes_before_none(int argument, int policy, int? effective) => Assert.Equal(
        effective, QueueSettingsResolver.Resolve(Table(Quorum, $"x-delivery-limit={argument}"), Table($"delivery-limit={policy}")).DeliveryLimit);

    [Fact]
    public void A_queues_own_dead_letter_exchange_goes_before_the_policys()
    {
        var settings = QueueSettingsResolver.Resolve(
            Table("x-dead-letter-exchange=own"), Table("dead-letter-exchange=other", "dead-letter-routing-key=key", "message-ttl=9", "expires=8"));
        Assert.Equal(("own", "key", 9L, 8L), (settings.DeadLetterExchange, settings.DeadLetterRoutingKey, settings.MessageTtl, settings.Expires));
    }

    private static QueueSettings Resolve(params string[] arguments) => QueueSettingsResolver.Resolve(Table(arguments), ArgumentTable.Empty);

    private static ArgumentTable Table(params string[] arguments) => QueueDeclarationTests.Table(arguments);
}

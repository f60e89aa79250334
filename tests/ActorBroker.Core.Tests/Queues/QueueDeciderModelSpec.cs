using ActorBroker.Core.Queues;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>The queue's rules against a list of messages, under random commands and with next to no memory.</summary>
public sealed class QueueDeciderModelSpec
{
    private static readonly Gen<QueueMemoryLimits> Limits = Gen.Select(
        Gen.Int[1, 150], Gen.Int[0, 200], Gen.Int[0, 200], Gen.Select(Gen.Int[1, 150], Gen.Long[0, 4000]), Gen.Int[1, 3],
        static (segment, pinned, resident, write, ahead) =>
            new QueueMemoryLimits(segment, pinned, resident, write.Item1, ahead) { DeadBytesMax = write.Item2 });

    private static readonly Gen<ModelCommand[]> Commands = Gen.Select(
        Gen.Int[0, 119], Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 1000],
        static (kind, a, b, c) => new ModelCommand(kind, a, b, c)).Array[1, 200];

    private static readonly Gen<ModelCommand[]> CommandsAndReaders = Gen.Select(
        Gen.Int[0, 149], Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 1000],
        static (kind, a, b, c) => new ModelCommand(kind, a, b, c)).Array[1, 250];

    private static readonly Gen<Retention> Kept = Gen.Select(
        Gen.Int[0, 2], Gen.Long[100, 3000], Gen.Long[100, 2000],
        static (kind, age, bytes) => new Retention(kind == 1 ? null : age, kind == 0 ? null : bytes));

    private static readonly Gen<DelayedRetry?> Retry = Gen.Select(
        Gen.Enum<DelayedRetryType>(), Gen.Long[0, 100], Gen.Long[50, 400], Gen.Bool,
        static (type, min, max, backoff) => type == DelayedRetryType.Disabled ? null : new DelayedRetry(type, min, max, backoff ? 2 : null));

    private static readonly Gen<Deduplication?> Duplicates = Gen.Select(
        Gen.Int[0, 3], Gen.Long[1, 6], Gen.Long[1, 500],
        static (kind, size, ttl) => kind switch { 0 => new Deduplication("id", size, ttl), 1 => new Deduplication("id", size, null), _ => null });

    private static readonly Gen<QueueSettings> Settings = Gen.Select(
        Gen.Select(Gen.Enum<QueueOverflow>(), OrNone(Gen.Long[0, 8]), OrNone(Gen.Long[0, 150]), OrNone(Gen.Long[0, 300])),
        Gen.Select(Gen.Int[0, 3], Gen.Enum<DeadLetterStrategy>(), Gen.Int[0, 1], Gen.Int[0, 3]),
        Gen.Select(OrNone(Gen.Long[0, 3]), Retry, Duplicates, Gen.Bool),
        static (limits, death, returns) =>
        {
            var (overflow, length, bytes, ttl) = limits;
            var (exchange, strategy, type, priorities) = death;
            var (deliveries, retry, duplicates, tied) = returns;
            var refuses = overflow != QueueOverflow.DropHead && (length is not null || bytes is not null);
            return new QueueSettings
            {
                Type = (QueueType)type,
                Overflow = overflow,
                MaxLength = length,
                MaxLengthBytes = bytes,
                MessageTtl = ttl,
                DeadLetterExchange = exchange > 0 ? "dlx" : null,
                DeadLetterStrategy = overflow == QueueOverflow.RejectPublishDeadLetter ? DeadLetterStrategy.AtMostOnce : strategy,
                MaxPriority = refuses ? 0 : priorities,
                DeliveryLimit = (int?)deliveries,
                DelayedRetry = retry,
                Deduplication = tied && !refuses && duplicates is not null ? new Deduplication("id", null, null) : duplicates,
            };
        });

    private static readonly Gen<QueueSettings> Sharing = Gen.Select(
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 2]),
        Gen.Select(Gen.Int[0, 1], OrNone(Gen.Long[0, 300]), OrNone(Gen.Long[0, 8]), Retry),
        static (lanes, others) =>
        {
            var (grouped, fair, single, priorities) = lanes;
            var (type, ttl, limit, retry) = others;
            // At a limit a batch comes in by pieces, between which a group may run empty and change hands.
            var length = grouped ? null : limit;
            return new QueueSettings
            {
                Type = (QueueType)type,
                MaxPriority = length is null ? priorities : 0,
                GroupHeader = grouped ? "group" : null,
                FairHeader = fair ? "share" : null,
                SingleActiveConsumer = single,
                MessageTtl = ttl,
                MaxLength = length,
                Overflow = QueueOverflow.RejectPublish,
                DelayedRetry = retry,
            };
        });

    private static readonly Gen<QueueSettings> Stages = Gen.Select(
        Duplicates, Gen.Bool,
        static (duplicates, delays) => new QueueSettings
        {
            Stage = new Stage("dlx", delays ? StageKind.Delay : StageKind.Deduplication),
            DeadLetterExchange = "dlx",
            DeadLetterStrategy = DeadLetterStrategy.AtLeastOnce,
            Deduplication = delays ? null : duplicates,
        });

    [Fact]
    public void Consumers_share_a_queue_by_groups_fairly_or_one_after_the_other_over_crashes()
    {
        var coverage = new ModelCoverage();
        Gen.Select(Limits, Sharing, Gen.Bool, Commands).Sample(
            (limits, settings, durable, commands) => new QueueModelRun(limits, durable, coverage, settings).Execute(commands), iter: 400);
        coverage.AssertConsumersShared();
    }

    [Fact]
    public void A_stage_gives_everything_up_when_it_is_due_over_crashes() =>
        Gen.Select(Limits, Stages, Gen.Bool, Commands).Sample(
            (limits, settings, durable, commands) => new QueueModelRun(limits, durable, new ModelCoverage(), settings).Execute(commands), iter: 200);

    [Fact]
    public void A_durable_queue_with_any_settings_keeps_what_it_should_over_crashes()
    {
        var coverage = new ModelCoverage();
        Gen.Select(Limits, Settings, Commands).Sample(
            (limits, settings, commands) => new QueueModelRun(limits, durable: true, coverage, settings).Execute(commands), iter: 400);
        coverage.AssertLifetimesEnded();
    }

    [Fact]
    public void A_queue_with_retention_keeps_the_end_of_all_that_was_committed_over_crashes()
    {
        var coverage = new ModelCoverage();
        Gen.Select(Limits, Settings, Kept, Gen.Bool, CommandsAndReaders).Sample(
            (limits, settings, kept, plain, commands) =>
                new QueueModelRun(limits, durable: true, coverage, (plain ? QueueSettings.Default : settings) with { Retention = kept }).Execute(commands),
            iter: 250);
        coverage.AssertHistoriesWereRead();
    }

    [Fact]
    public void A_transient_queue_with_any_settings_keeps_what_it_should()
    {
        var coverage = new ModelCoverage();
        Gen.Select(Limits, Settings, Commands).Sample(
            (limits, settings, commands) => new QueueModelRun(limits, durable: false, coverage, settings).Execute(commands), iter: 150);
    }

    [Fact]
    public void A_durable_queue_is_a_list_of_messages_that_outlives_crashes()
    {
        var coverage = new ModelCoverage();
        Gen.Select(Limits, Commands).Sample((limits, commands) => new QueueModelRun(limits, durable: true, coverage).Execute(commands), iter: 300);
        coverage.AssertEverythingHappened();
        coverage.AssertPositionsWereUsed();
    }

    [Fact]
    public void A_transient_queue_is_a_list_of_messages_that_may_be_spilled()
    {
        var coverage = new ModelCoverage();
        Gen.Select(Limits, Commands).Sample((limits, commands) => new QueueModelRun(limits, durable: false, coverage).Execute(commands), iter: 120);
    }

    private static Gen<long?> OrNone(Gen<long> values) => Gen.Select(Gen.Bool, values, static (present, value) => present ? value : (long?)null);
}

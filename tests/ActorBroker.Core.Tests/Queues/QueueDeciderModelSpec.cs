using ActorBroker.Core.Queues;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Queues;

/// <summary>The queue's rules against a list of messages, under random commands and with next to no memory.</summary>
public sealed class QueueDeciderModelSpec
{
    private static readonly Gen<QueueMemoryLimits> Limits = Gen.Select(
        Gen.Int[1, 150], Gen.Int[0, 200], Gen.Int[0, 200], Gen.Int[1, 150], Gen.Int[1, 3],
        static (segment, pinned, resident, write, ahead) => new QueueMemoryLimits(segment, pinned, resident, write, ahead));

    private static readonly Gen<ModelCommand[]> Commands = Gen.Select(
        Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 1000],
        static (kind, a, b, c) => new ModelCommand(kind, a, b, c)).Array[1, 200];

    [Fact]
    public void A_durable_queue_is_a_list_of_messages_that_outlives_crashes()
    {
        var coverage = new ModelCoverage();
        Gen.Select(Limits, Commands).Sample((limits, commands) => new QueueModelRun(limits, durable: true, coverage).Execute(commands), iter: 300);
        coverage.AssertEverythingHappened();
    }

    [Fact]
    public void A_transient_queue_is_a_list_of_messages_that_may_be_spilled()
    {
        var coverage = new ModelCoverage();
        Gen.Select(Limits, Commands).Sample((limits, commands) => new QueueModelRun(limits, durable: false, coverage).Execute(commands), iter: 120);
    }
}

using ActorBroker.Core.Queues;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Streams;

/// <summary>The stream's rules against a list of messages, under random commands, retention and crashes, with next to no memory.</summary>
public sealed class StreamDeciderModelSpec
{
    private static readonly Gen<QueueMemoryLimits> Limits = Gen.Select(
        Gen.Int[1, 150], Gen.Int[0, 200], Gen.Int[0, 200], Gen.Int[1, 150], Gen.Int[1, 3],
        static (segment, pinned, resident, write, ahead) => new QueueMemoryLimits(segment, pinned, resident, write, ahead));

    private static readonly Gen<QueueSettings> Settings = Gen.Select(
        Gen.Int[0, 3], Gen.Int[1, 500], Gen.Int[100, 2000], Gen.Int[16, 255],
        static (kind, bytes, age, filter) => new QueueSettings
        {
            Type = QueueType.Stream,
            MaxLengthBytes = (kind & 1) != 0 ? bytes : null,
            MaxAge = (kind & 2) != 0 ? age : null,
            StreamFilterBytes = filter,
        });

    private static readonly Gen<StreamCommand[]> Commands = Gen.Select(
        Gen.Int[0, 99], Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 1000],
        static (kind, a, b, c) => new StreamCommand(kind, a, b, c)).Array[1, 200];

    [Fact]
    public void A_stream_is_a_list_of_messages_that_everyone_reads_at_their_own_pace()
    {
        var coverage = new StreamCoverage();
        Gen.Select(Limits, Settings, Commands)
            .Sample((limits, settings, commands) => new StreamModelRun(limits, settings, coverage).Execute(commands), iter: 600);
        coverage.AssertEverythingHappened();
    }
}

using Xunit;

namespace ActorBroker.Benchmarks.Tests;

/// <summary>What the hot paths allocate, beside what is recorded of them.</summary>
public sealed class AllocationTests
{
    public static TheoryData<string> Benchmarks => [.. AllocationCheck.All.Keys];

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void A_benchmark_allocates_no_more_than_is_recorded(string name)
    {
        var recorded = AllocationCheck.Recorded()[name];

        Assert.InRange(AllocationCheck.All[name](), 0, AllocationCheck.LimitOf(recorded));
    }

    [Fact]
    public void Every_benchmark_is_recorded_and_nothing_else() =>
        Assert.Equal(AllocationCheck.All.Keys.Order(StringComparer.Ordinal), AllocationCheck.Recorded().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void A_byte_more_for_each_message_of_a_small_read_is_noticed()
    {
        var recorded = AllocationCheck.Recorded()["PathBenchmarks.PublishDeliverAcknowledge(BodyBytes=16, Durable=False)"];
        const int messagesOfTheRead = 900;

        Assert.InRange(AllocationCheck.LimitOf(recorded), recorded, recorded + messagesOfTheRead);
    }
}

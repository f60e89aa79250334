using ActorBroker.Broker.Alarms;
using Xunit;

namespace ActorBroker.Broker.Tests.Alarms;

public sealed class IdleMemorySpec
{
    private const long MiB = 1 << 20;

    private readonly IdleMemory _memory = new();
    private long _allocated;

    [Fact]
    public void Memory_is_given_back_once_when_the_start_is_over()
    {
        var looks = Looks(100, MiB / 10);

        Assert.Equal(9, looks.IndexOf(true));
        Assert.Single(looks, true);
    }

    [Fact]
    public void Memory_is_given_back_once_when_a_burst_of_work_has_been_over_for_a_while()
    {
        Assert.DoesNotContain(true, Looks(20, 16 * MiB));

        var quiet = Looks(100, MiB / 10);

        Assert.Equal(9, quiet.IndexOf(true));
        Assert.Single(quiet, true);
    }

    [Fact]
    public void Steady_work_is_not_interrupted() => Assert.DoesNotContain(true, Looks(100, 4 * MiB));

    [Fact]
    public void What_an_idle_node_allocates_is_no_reason_however_long_it_takes()
    {
        Assert.Contains(true, Looks(10, 0));
        Assert.DoesNotContain(true, Looks(2_000, MiB / 4));
    }

    [Fact]
    public void Work_between_short_rests_puts_it_off()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.DoesNotContain(true, Looks(3, 32 * MiB));
            Assert.DoesNotContain(true, Looks(9, 0));
        }

        Assert.Contains(true, Looks(1, 0));
    }

    private List<bool> Looks(int count, long allocatedEach) =>
        [.. Enumerable.Range(0, count).Select(_ => _memory.IsToBeGivenBack(_allocated += allocatedEach))];
}

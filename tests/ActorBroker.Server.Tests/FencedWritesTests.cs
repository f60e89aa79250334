using ActorBroker.Server.Composition;
using Xunit;

namespace ActorBroker.Server.Tests;

public sealed class FencedWritesTests
{
    [Fact]
    public void Looks_in_a_row_are_counted() => Assert.Equal([1, 2, 3], Looks(new FencedWrites(), true, true, true));

    [Fact]
    public void A_look_without_any_begins_anew() => Assert.Equal([1, 2, 0, 1, 2], Looks(new FencedWrites(), true, true, false, true, true));

    [Fact]
    public void What_is_forgotten_begins_anew()
    {
        var fenced = new FencedWrites();
        Looks(fenced, true, true);

        fenced.Forget();

        Assert.Equal([1], Looks(fenced, true));
    }

    private static int[] Looks(FencedWrites fenced, params bool[] refused) => [.. refused.Select(some =>
    {
        if (some)
        {
            fenced.Note();
            fenced.Note();
        }

        return fenced.Look();
    })];
}

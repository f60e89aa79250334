using ActorBroker.Core.Arguments;
using ActorBroker.Core.DeadLetters;
using ActorBroker.Core.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.DeadLetters;

public sealed class DeathHistoryTests
{
    private static readonly Gen<Death> AnyDeath =
        from queue in Gen.OneOf("a", "b", "c")
        from reason in Gen.Enum<DeathReason>()
        select Of(queue, reason);

    [Fact]
    public void The_first_death_has_the_fields_and_types_of_rabbitmq()
    {
        var death = new Death(
            "q", DeathReason.Expired, "x", [ArgumentValue.FromString("k"), ArgumentValue.FromString("copy")], 1_700_000_000, 50);
        var changed = DeathHistory.Record(ArgumentTable.Empty, death);
        Assert.Equal(
            """[{<<"x-death">>,array,[{table,[{<<"count">>,long,1},{<<"reason">>,longstr,<<"expired">>},{<<"queue">>,longstr,<<"q">>},{<<"time">>,timestamp,1700000000},{<<"exchange">>,longstr,<<"x">>},{<<"routing-keys">>,array,[{longstr,<<"k">>},{longstr,<<"copy">>}]},{<<"original-expiration">>,longstr,<<"50">>}]}]},{<<"x-first-death-exchange">>,longstr,<<"x">>},{<<"x-first-death-queue">>,longstr,<<"q">>},{<<"x-first-death-reason">>,longstr,<<"expired">>},{<<"x-last-death-exchange">>,longstr,<<"x">>},{<<"x-last-death-queue">>,longstr,<<"q">>},{<<"x-last-death-reason">>,longstr,<<"expired">>}]""",
            changed.ToString());
    }

    [Fact]
    public void Deaths_are_counted_by_queue_and_reason_with_the_latest_first() => AnyDeath.List[1, 30].Sample(deaths =>
    {
        var headers = ArgumentTable.Empty;
        var expected = new List<(string Queue, string Reason, long Count)>();
        foreach (var death in deaths)
        {
            headers = Apply(headers, death);
            var key = (death.Queue, Reason: Death.NameOf(death.Reason));
            var before = expected.Find(entry => (entry.Queue, entry.Reason) == key);
            expected.Remove(before);
            expected.Insert(0, (key.Queue, key.Reason, before.Count + 1));
        }

        Assert.Equal(expected, Entries(headers));
        Assert.Equal(deaths[0].Queue, Text(headers, "x-first-death-queue"));
        Assert.Equal(Death.NameOf(deaths[0].Reason), Text(headers, "x-first-death-reason"));
        Assert.Equal(deaths[^1].Queue, Text(headers, "x-last-death-queue"));
        Assert.Equal(Death.NameOf(deaths[^1].Reason), Text(headers, "x-last-death-reason"));
    });

    [Fact]
    public void A_message_goes_in_a_circle_when_nobody_has_rejected_it_since_it_was_there() => AnyDeath.List[1, 12].Sample(deaths =>
    {
        var headers = ArgumentTable.Empty;
        foreach (var death in deaths)
            headers = Apply(headers, death);
        foreach (var queue in new[] { "a", "b", "c" })
        {
            // As if each entry were kept: merging only ever moves an entry to the front.
            var entries = Entries(headers);
            var index = entries.FindIndex(entry => entry.Queue == queue);
            var isCycle = index >= 0 && !entries.Take(index + 1).Any(static entry => entry.Reason == "rejected");
            Assert.Equal(isCycle, DeathHistory.IsCycle(headers, queue));
        }
    });

    [Fact]
    public void What_a_client_sends_as_its_history_counts()
    {
        var entry = ArgumentTable.Of(
            ("queue", ArgumentValue.FromString("q")), ("reason", ArgumentValue.FromString("expired")), ("own", ArgumentValue.FromInt32(7)));
        var headers = ArgumentTable.Of(("x-death", ArgumentValue.FromArray(ArgumentValue.FromTable(entry), ArgumentValue.FromTable(entry))));
        var changed = Apply(headers, Of("q", DeathReason.Expired));
        Assert.Equal([("q", "expired", 3)], Entries(changed));
        Assert.Equal(7, changed.TryGetValue("x-death", out var deaths) && deaths.AsArray()[0].AsTable().TryGetValue("own", out var own) ? own.AsInt64() : 0);
        Assert.False(changed.ContainsKey("x-first-death-queue"));
    }

    [Fact]
    public void A_history_with_an_entry_for_each_death_is_joined()
    {
        // As RabbitMQ wrote it before 3.6: without counts.
        ArgumentValue[] entries = [Entry("p", "expired"), Entry("p", "expired"), Entry("q", "rejected"), Entry("p", "rejected"), Entry("p", "expired")];
        var changed = Apply(ArgumentTable.Of(("x-death", ArgumentValue.FromArray(entries))), Of("q", DeathReason.Expired));
        Assert.Equal([("q", "expired", 1), ("p", "expired", 3), ("q", "rejected", 1), ("p", "rejected", 1)], Entries(changed));
        Assert.True(changed.TryGetValue("x-death", out var deaths));
        Assert.All(deaths.AsArray(), static entry => Assert.True(entry.AsTable().ContainsKey("count")));

        static ArgumentValue Entry(string queue, string reason) => ArgumentValue.FromTable(
            ArgumentTable.Of(("queue", ArgumentValue.FromString(queue)), ("reason", ArgumentValue.FromString(reason))));
    }

    [Fact]
    public void A_history_that_is_none_starts_anew()
    {
        var changed = Apply(ArgumentTable.Of(("x-death", ArgumentValue.FromString("text"))), Of("q", DeathReason.MaxLength));
        Assert.Equal([("q", "maxlen", 1)], Entries(changed));
    }

    [Fact]
    public void Entries_that_are_none_are_kept_and_count_as_a_client_in_the_cycle()
    {
        var headers = ArgumentTable.Of(("x-death", ArgumentValue.FromArray(ArgumentValue.FromInt32(1))));
        var changed = Apply(headers, Of("q", DeathReason.Expired));
        Assert.True(changed.TryGetValue("x-death", out var deaths));
        Assert.Equal(ArgumentValue.FromInt32(1), deaths.AsArray()[1]);
        Assert.True(DeathHistory.IsCycle(changed, "q"));
        Assert.False(DeathHistory.IsCycle(Apply(headers, Of("other", DeathReason.Expired)), "q"));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-5)]
    public void A_count_that_a_client_made_up_does_not_overflow(long count)
    {
        var entry = ArgumentTable.Of(
            ("count", ArgumentValue.FromInt64(count)), ("queue", ArgumentValue.FromString("q")), ("reason", ArgumentValue.FromString("expired")));
        var headers = ArgumentTable.Of(("x-death", ArgumentValue.FromArray(ArgumentValue.FromTable(entry), ArgumentValue.FromTable(entry))));
        var counted = Assert.Single(Entries(Apply(headers, Of("q", DeathReason.Expired)))).Count;
        Assert.Equal(count < 0 ? 1 : long.MaxValue, counted);
    }

    private static Death Of(string queue, DeathReason reason) => new(queue, reason, "x", [ArgumentValue.FromString("k")], 1, null);

    private static ArgumentTable Apply(ArgumentTable headers, Death death)
    {
        var changed = DeathHistory.Record(headers, death);
        var after = new ArgumentTable.Builder();
        foreach (var (name, value) in headers)
        {
            if (!changed.ContainsKey(name))
                after.Add(name, value);
        }

        foreach (var (name, value) in changed)
            after.Add(name, value);
        return after.Build();
    }

    private static string Text(ArgumentTable headers, string name) => headers.TryGetValue(name, out var value) ? value.AsString() : string.Empty;

    private static List<(string Queue, string Reason, long Count)> Entries(ArgumentTable headers)
    {
        Assert.True(headers.TryGetValue("x-death", out var deaths));
        return [.. deaths.AsArray().Select(static entry => entry.AsTable()).Select(static entry =>
            (Text(entry, "queue"), Text(entry, "reason"), entry.TryGetValue("count", out var count) ? count.AsInt64() : 1))];
    }
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.History;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Tests.Exchanges;
using ActorBroker.Core.Tests.Messages;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.History;

public sealed class MessageSelectorTests
{
    private const string FilterHeader = "x-stream-filter-value";

    private static readonly string[] Names = ["type", "app_id", "correlation_id", "message_id"];
    private static readonly string[] Texts = ["a", "b", ""];

    private static readonly Gen<string> Text = AnyOf(Texts);
    private static readonly Gen<string?> Wanted = AnyOf<string?>(null, null, null, null, "a", "b");
    private static readonly Gen<ArgumentValue> Value = AnyOf(
        ArgumentValue.FromString("a"), ArgumentValue.FromString("b"), ArgumentValue.FromInt32(1), ArgumentValue.FromInt64(1), ArgumentValue.FromDouble(1));

    private static readonly Gen<ArgumentTable> Headers =
        Gen.Select(AnyOf("h", "x-h", FilterHeader), Value).Array[0, 3].Select(entries => Table(entries));

    private static readonly Gen<ArgumentTable> WantedHeaders =
        Gen.Select(AnyOf("h", "x-h"), Gen.OneOf(Value, Gen.Const(ArgumentValue.Void))).Array[0, 2].Select(entries => Table(entries));

    private static readonly Gen<Message> Messages = Gen.Select(
        AnyOf("", "x"), AnyOf("", "a", "a.b", "b.a", "a.b.a"), Headers, Text.Array[4],
        (exchange, key, headers, properties) => new Message(exchange, key, headers, properties));

    private static readonly Gen<MessageCriteria> Criteria = Gen.Select(
        AnyOf<string?>(null, null, "#", "a.#", "*.b", "#.a", "a", ""), AnyOf<string?>(null, null, "", "x"), WantedHeaders, Wanted.Array[4],
        AnyOf<string[]>([], [], ["a"], ["a", "b"]), Gen.Bool,
        (key, exchange, headers, properties, values, unfiltered) => new MessageCriteria(
            key, exchange, headers, properties[0], properties[1], properties[2], properties[3], values, unfiltered));

    [Fact]
    public void A_message_is_selected_when_everything_that_is_asked_for_applies()
    {
        var (selected, left) = (0, 0);
        Gen.Select(Criteria, Messages).Sample(
            (criteria, message) =>
            {
                Assert.Null(criteria.Check());
                var expected = Model(criteria, message);
                _ = expected ? selected++ : left++;
                Assert.Equal(expected, Selects(criteria, message));
            },
            iter: 5000,
            threads: 1);
        Assert.True(selected > 100 && left > 100, $"{selected} were selected, {left} not.");
    }

    [Fact]
    public void Without_criteria_every_message_is_selected()
    {
        Assert.True(MessageCriteria.None.IsNone);
        Messages.Sample(message => Assert.True(Selects(MessageCriteria.None, message)));
        Gen.Select(Criteria, Messages).Sample((criteria, message) => Assert.True(!criteria.IsNone || Selects(criteria, message)));
    }

    [Fact]
    public void What_a_filter_by_value_leaves_out_at_the_source_is_not_selected_either()
    {
        var criteria = MessageCriteria.None with { FilterValues = ["a", "b"], MatchUnfiltered = true };
        var arguments = new ArgumentTable.Builder();
        criteria.AddTo(arguments);
        var consumer = Core.Queues.ConsumerArguments.Of(arguments.Build());
        Assert.Equal(["a", "b"], consumer.Filter);
        Assert.True(consumer.MatchUnfiltered);
        arguments = new ArgumentTable.Builder();
        MessageCriteria.None.AddTo(arguments);
        Assert.Equal(0, arguments.Count);
    }

    [Fact]
    public void Criteria_without_bounds_are_refused()
    {
        Assert.NotNull((MessageCriteria.None with { RoutingKey = new string('a', 256) }).Check());
        Assert.NotNull((MessageCriteria.None with { FilterValues = new string[257] }).Check());
        Assert.NotNull((MessageCriteria.None with { Headers = ArgumentTable.Of(("x-match", ArgumentValue.Void)) }).Check());
        Assert.NotNull((MessageCriteria.None with { Headers = ArgumentTable.Of([.. Enumerable.Range(0, 257).Select(i => ($"{i}", ArgumentValue.Void))]) }).Check());
    }

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool Selects(MessageCriteria criteria, Message message)
    {
        var format = new FixedFormat { Headers = message.Headers };
        for (var i = 0; i < Names.Length; i++)
        {
            format.Properties[Names[i]] = message.Properties[i];
        }

        var batch = TestBatches.Of([MessageRoute.Create(message.Exchange, message.RoutingKey)], [new TestMessage([], Properties: [])]);
        return new MessageSelector(criteria, new MessageFormats(format)).Selects(batch[0], batch.RouteOf(0));
    }

    // As the words of the specification have it, one after the other.
    private static bool Model(MessageCriteria criteria, Message message)
    {
        string?[] wanted = [criteria.Type, criteria.AppId, criteria.CorrelationId, criteria.MessageId];
        var value = message.Headers.TryGetValue(FilterHeader, out var found) && found.TryGetString(out var text) ? text : null;
        return (criteria.RoutingKey is null || MatchesPattern(Words(criteria.RoutingKey), Words(message.RoutingKey)))
            && (criteria.Exchange is null || criteria.Exchange == message.Exchange)
            && wanted.Zip(message.Properties).All(pair => pair.First is null || pair.First == pair.Second)
            && Entries(criteria.Headers).All(entry => message.Headers.TryGetValue(entry.Key, out var actual) && AreAlike(entry.Value, actual))
            && (criteria.FilterValues.Count == 0 || (value is null ? criteria.MatchUnfiltered : criteria.FilterValues.Contains(value)));
    }

    private static bool AreAlike(ArgumentValue wanted, ArgumentValue actual) =>
        wanted.Kind == ArgumentKind.Void
        || (wanted.TryGetInt64(out var one) && actual.TryGetInt64(out var other) ? one == other : wanted.Equals(actual));

    private static bool MatchesPattern(ReadOnlySpan<string> pattern, ReadOnlySpan<string> key)
    {
        if (pattern.IsEmpty)
        {
            return key.IsEmpty;
        }

        if (pattern[0] == "#")
        {
            return MatchesPattern(pattern[1..], key) || (!key.IsEmpty && MatchesPattern(pattern, key[1..]));
        }

        return !key.IsEmpty && (pattern[0] == "*" || pattern[0] == key[0]) && MatchesPattern(pattern[1..], key[1..]);
    }

    private static string[] Words(string text) => text.Length == 0 ? [] : text.Split('.');

    // A name once: which of two counts is the headers exchange's affair.
    private static ArgumentTable Table((string, ArgumentValue)[] entries) => ArgumentTable.Of([.. entries.DistinctBy(static entry => entry.Item1)]);

    private static List<KeyValuePair<string, ArgumentValue>> Entries(ArgumentTable table)
    {
        var entries = new List<KeyValuePair<string, ArgumentValue>>();
        foreach (var entry in table)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private sealed record Message(string Exchange, string RoutingKey, ArgumentTable Headers, string[] Properties);
}

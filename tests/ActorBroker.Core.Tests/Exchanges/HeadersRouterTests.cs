using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Names;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Exchanges;

public sealed class HeadersRouterTests
{
    private static readonly Gen<string> Name = Gen.OneOf("a", "b", "x-c", "x-d");

    private static readonly Gen<ArgumentValue> Value = Gen.OneOf(
        ArgumentValue.Void, ArgumentValue.FromInt32(1), ArgumentValue.FromInt64(1), ArgumentValue.FromByte(2),
        ArgumentValue.FromDouble(1), ArgumentValue.FromSingle(1), ArgumentValue.FromString("1"), ArgumentValue.FromBinary("1"u8),
        ArgumentValue.FromBoolean(true));

    private static readonly Gen<ArgumentTable> Headers =
        Gen.Select(Name, Value).Array[0, 4].Select(entries => ArgumentTable.Of(entries.DistinctBy(entry => entry.Item1).ToArray()));

    private static readonly Gen<string?> Mode = Gen.OneOf<string?>(null, "all", "any", "all-with-x", "any-with-x");

    [Fact]
    public void Any_bindings_match_what_a_naive_matcher_matches() =>
        Gen.Select(Gen.Select(Mode, Headers, Gen.Bool).Array[1, 20], Headers.Array[1, 5]).Sample((changes, messages) =>
        {
            var router = new HeadersRouter();
            var bindings = new HashSet<Binding>();
            foreach (var (mode, wanted, keep) in changes)
            {
                var binding = Bind(mode, wanted);
                if (bindings.Add(binding))
                    router.Add(binding);
                if (!keep && bindings.Remove(binding))
                    router.Remove(binding);
            }

            foreach (var headers in messages)
            {
                var matches = new RouteMatches();
                router.Match("ignored", matches, headers);
                Assert.Equal(bindings.Count(binding => NaiveMatch(binding.Arguments, headers)), matches.Targets.Count);
            }
        });

    [Fact]
    public void Without_conditions_all_matches_everything_and_any_nothing()
    {
        Assert.True(Parse(Bind("all", ArgumentTable.Empty)).Matches(ArgumentTable.Empty));
        Assert.True(Parse(Bind(null, ArgumentTable.Empty)).Matches(ArgumentTable.Empty));
        Assert.False(Parse(Bind("any", ArgumentTable.Empty)).Matches(ArgumentTable.Of(("a", ArgumentValue.Void))));
    }

    [Fact]
    public void Names_with_x_count_only_where_asked_for()
    {
        var wanted = ArgumentTable.Of(("x-kind", ArgumentValue.FromString("b")));
        var headers = ArgumentTable.Of(("x-kind", ArgumentValue.FromString("c")));
        Assert.True(Parse(Bind("all", wanted)).Matches(headers));
        Assert.False(Parse(Bind("all-with-x", wanted)).Matches(headers));
        Assert.True(Parse(Bind("any-with-x", wanted)).Matches(wanted));
    }

    [Fact]
    public void A_bad_x_match_is_refused_in_RabbitMQs_words()
    {
        Assert.False(HeadersPattern.TryParse(ArgumentTable.Of(("x-match", ArgumentValue.FromString("nope"))), out _, out var value));
        Assert.Equal("Invalid x-match field value <<\"nope\">>; expected all, any, all-with-x, or any-with-x", value);
        Assert.False(HeadersPattern.TryParse(ArgumentTable.Of(("x-match", ArgumentValue.FromInt32(1))), out _, out var type));
        Assert.Equal("Invalid x-match field type signedint (value 1); expected longstr", type);
    }

    private static HeadersPattern Parse(Binding binding)
    {
        Assert.True(HeadersPattern.TryParse(binding.Arguments, out var pattern, out _));
        return pattern;
    }

    private static Binding Bind(string? mode, ArgumentTable wanted)
    {
        var arguments = new ArgumentTable.Builder();
        foreach (var (key, value) in wanted)
            arguments.Add(key, value);
        if (mode is not null)
            arguments.Add("x-match", ArgumentValue.FromString(mode));
        return new Binding(Destination.Queue("q"), string.Empty, arguments.Build());
    }

    private static bool NaiveMatch(ArgumentTable arguments, ArgumentTable headers)
    {
        var mode = arguments.TryGetValue("x-match", out var match) ? match.AsString() : "all";
        var outcomes = new List<bool>();
        foreach (var (key, wanted) in arguments)
        {
            if (key == "x-match" || (!mode.EndsWith("with-x", StringComparison.Ordinal) && key.StartsWith("x-", StringComparison.Ordinal)))
                continue;
            outcomes.Add(headers.TryGetValue(key, out var actual) && (wanted.Kind == ArgumentKind.Void || wanted.IsEquivalentTo(actual)));
        }

        return mode.StartsWith("all", StringComparison.Ordinal) ? outcomes.TrueForAll(outcome => outcome) : outcomes.Contains(true);
    }
}

using ActorBroker.Core.Arguments;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Tests.Arguments;
using ActorBroker.Core.Tests.Queues;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Policies;

/// <summary>What may be a policy, with RabbitMQ's texts; which one applies; and what comes of two.</summary>
public sealed class PolicyTests
{
    [Theory]
    [InlineData("<<\"x\">> is not a valid message TTL", "message-ttl=x")]
    [InlineData("-1 is not a valid maximum length", "max-length=-1", "message-ttl=x")]
    [InlineData("0 is not a valid queue expiry", "expires=0")]
    [InlineData("[{<<\"bar\">>,<<\"x\">>},{<<\"foo\">>,1}] are not recognised policy settings", "foo=1", "bar=x")]
    [InlineData("no policy provided")]
    [InlineData("<<\"odd\">> is not a valid overflow value", "overflow=odd")]
    [InlineData("<<\"7X\">> is not a valid max age", "max-age=7X")]
    [InlineData("<<\"7D;\">> is not a valid retention", "retention=7D;")]
    [InlineData("1 is not a valid dead letter exchange name", "dead-letter-exchange=1")]
    [InlineData("15 is not a valid filter size. Valid range is 16-255", "stream-filter-size-bytes=15")]
    [InlineData("delayed-retry-min is required when delayed-retry-type is all", "delayed-retry-type=all")]
    [InlineData("delayed-retry-max (1) must not be smaller than delayed-retry-min (2)", "delayed-retry-min=2", "delayed-retry-max=1")]
    public void A_definition_that_cannot_be_is_refused_in_RabbitMQs_words(string text, params string[] definition) =>
        Assert.Equal($"Validation failed\n\n{text}", PolicyCheck.Check(Of("p", definition: definition))?.Text);

    [Theory]
    [InlineData("message-ttl=0", "expires=1", "max-length=0", "overflow=reject-publish-dlx", "alternate-exchange=", "queue-mode=lazy", "queue-version=1")]
    [InlineData("delivery-limit=-1", "delayed-retry-type=failed", "delayed-retry-min=1", "delayed-retry-backoff=2", "target-group-size=3")]
    [InlineData("ha-mode=all", "ha-sync-mode=automatic", "queue-master-locator=min-masters", "consumer-timeout=0", "retention=1GB;7D")]
    [InlineData("max-age=1Y", "stream-max-segment-size-bytes=3000000000", "stream-filter-size-bytes=16", "initial-cluster-size=1")]
    public void What_RabbitMQ_or_its_users_know_may_be_set(params string[] definition) =>
        Assert.Null(PolicyCheck.Check(Of("p", definition: definition)));

    [Fact]
    public void An_operator_policy_has_fewer_keys()
    {
        Assert.Null(PolicyCheck.Check(Of("p", definition: ["max-length=1"]) with { IsOperator = true }));
        Assert.Equal(
            "Validation failed\n\n[{<<\"dead-letter-exchange\">>,<<\"x\">>}] are not recognised policy settings",
            PolicyCheck.Check(Of("p", definition: ["dead-letter-exchange=x"]) with { IsOperator = true })?.Text);
    }

    [Fact]
    public void A_pattern_has_to_be_one_and_not_too_long()
    {
        Assert.Equal("Validation failed\n\npattern should be regular expression but is invalid: {\"missing )\",3}", PolicyCheck.Check(Of("p", "^a("))?.Text);
        Assert.Equal("Validation failed\n\npattern must not exceed 1024 bytes", PolicyCheck.Check(Of("p", new string('a', 1025)))?.Text);
        Assert.Null(PolicyCheck.Check(Of("p", @"^(?!amq\.).*")));
        Assert.NotNull(PolicyCheck.Check(Of(string.Empty)));
    }

    [Fact]
    public void A_pattern_that_would_take_for_ever_matches_nothing() => Assert.Equal(
        EffectivePolicy.None, Policies(Of("slow", "^(a+)+$")).OfQueue(new string('a', 40) + "b", QueueType.Classic));

    [Fact]
    public void The_one_with_the_highest_priority_counts_and_no_other()
    {
        var policies = Policies(
            Of("low", priority: 1, definition: ["max-length=1", "expires=5"]),
            Of("high", "^orders", priority: 9, definition: ["max-length=2"]),
            Of("operators", definition: ["max-length=3"]) with { IsOperator = true });
        Assert.Equal("high", policies.OfQueue("orders.new", QueueType.Classic).Policy?.Name);
        Assert.Equal("[{<<\"max-length\">>,signedint,2}]", policies.OfQueue("orders.new", QueueType.Classic).Definition.ToString());
        Assert.Equal(("low", "operators"), Names(policies.OfQueue("new.orders", QueueType.Classic)));
        Assert.Equal((null, "operators"), Names(policies.Without("high", false).Without("low", false).OfQueue("orders", QueueType.Classic)));
    }

    [Theory]
    [InlineData(PolicyTarget.All, "classic quorum stream exchange")]
    [InlineData(PolicyTarget.Queues, "classic quorum stream")]
    [InlineData(PolicyTarget.ClassicQueues, "classic")]
    [InlineData(PolicyTarget.QuorumQueues, "quorum")]
    [InlineData(PolicyTarget.Streams, "stream")]
    [InlineData(PolicyTarget.Exchanges, "exchange")]
    public void A_policy_is_for_what_it_applies_to(PolicyTarget target, string kinds)
    {
        var policies = Policies(Of("p") with { ApplyTo = target });
        var applied = Enum.GetValues<QueueType>().Where(type => policies.OfQueue("q", type).Policy is not null).Select(type => type.Word())
            .Concat(policies.OfExchange("q").Policy is null ? [] : ["exchange"]);
        Assert.Equal(kinds, string.Join(' ', applied));
        Assert.True(PolicyTargets.TryParse(target.Word(), out var parsed) && parsed == target);
    }

    [Theory]
    [InlineData("delivery-limit=5", "quorum")]
    [InlineData("message-ttl=5", "classic quorum")]
    [InlineData("max-age=7D", "stream")]
    [InlineData("retention=7D", "classic quorum")]
    [InlineData("max-length-bytes=5", "classic quorum stream")]
    [InlineData("dead-letter-strategy=at-least-once", "quorum")]
    public void A_policy_with_a_key_that_a_type_does_not_have_is_not_for_it(string definition, string types)
    {
        var policies = Policies(Of("p", definition: [definition]));
        Assert.Equal(types, string.Join(' ', Enum.GetValues<QueueType>().Where(type => policies.OfQueue("q", type).Policy is not null).Select(type => type.Word())));
    }

    [Theory]
    [InlineData("max-length", 3, 5, 3)]
    [InlineData("max-length", 5, 3, 3)]
    [InlineData("delivery-limit", -1, 5, 5)]
    [InlineData("delivery-limit", 5, -1, 5)]
    [InlineData("delivery-limit", 5, 3, 3)]
    [InlineData("target-group-size", 3, 5, 5)]
    [InlineData("delayed-retry-min", 3, 5, 5)]
    [InlineData("delayed-retry-max", 3, 5, 3)]
    [InlineData("queue-version", 1, 2, 2)]
    public void Policy_and_operator_policy_are_merged_as_RabbitMQ_merges_them(string key, int policy, int operatorPolicy, int merged)
    {
        var effective = new EffectivePolicy(
            new AppliedPolicy("p", Table($"{key}={policy}", "expires=7")), new AppliedPolicy("o", Table($"{key}={operatorPolicy}", "overflow=reject-publish")));
        Assert.Equal(Table($"{key}={merged}", "expires=7", "overflow=reject-publish"), effective.Definition);
    }

    [Theory]
    [InlineData("7D;1GB", "1D", "86400s;1000000000B")]
    [InlineData("1m", "2m;5kB", "60s;5000B")]
    [InlineData("1GiB", "1GB", "1000000000B")]
    public void Of_a_policys_and_an_operators_retention_the_lower_age_and_the_lower_size_count(string policy, string operatorPolicy, string merged)
    {
        Assert.Null(PolicyCheck.Check(Of("p", definition: [$"retention={operatorPolicy}"]) with { IsOperator = true }));
        var effective = new EffectivePolicy(new AppliedPolicy("p", Table($"retention={policy}")), new AppliedPolicy("o", Table($"retention={operatorPolicy}")));
        Assert.Equal(Table($"retention={merged}"), effective.Definition);
    }

    [Fact]
    public void Of_random_policies_those_apply_that_a_naive_search_finds() =>
        Gen.Select(SomePolicy.Array[0, 12], Gen.Int[0, 5].Select(index => "abcdef"[index..(index + 1)]), Gen.Enum<QueueType>()).Sample((policies, name, type) =>
        {
            var table = policies.Aggregate(VirtualHostPolicies.Empty, (before, policy) => before.With(policy));
            var effective = table.OfQueue(name, type);
            foreach (var isOperator in new[] { false, true })
            {
                var best = policies.GroupBy(policy => (policy.Name, policy.IsOperator)).Select(group => group.Last())
                    .Where(policy => policy.IsOperator == isOperator && policy.IsForQueues(type) && policy.Pattern.Contains(name, StringComparison.Ordinal))
                    .OrderBy(policy => -policy.Priority).ThenBy(policy => policy.Name, StringComparer.Ordinal).FirstOrDefault();
                Assert.Equal(best?.Name, (isOperator ? effective.OperatorPolicy : effective.Policy)?.Name);
            }

            foreach (var (key, value) in effective.Definition)
            {
                Assert.True(IsOf(effective.Policy, key, value) || IsOf(effective.OperatorPolicy, key, value));
            }
        });

    [Fact]
    public void No_definition_is_too_odd_to_be_judged_or_merged() =>
        Gen.Select(ArgumentGen.Table, ArgumentGen.Table).Sample((first, second) =>
        {
            var policy = new Policy("p", false, ".*", PolicyTarget.All, 0, first);
            Assert.Equal(PolicyCheck.Check(policy), PolicyCheck.Check(policy));
            Assert.NotNull(new EffectivePolicy(new AppliedPolicy("p", first), new AppliedPolicy("o", second)).Definition);
        });

    [Theory]
    [InlineData("message-ttl", "60000", ArgumentKind.Int64)]
    [InlineData("dead-letter-routing-key", "60000", ArgumentKind.LongString)]
    [InlineData("delayed-retry-backoff", "1.5", ArgumentKind.Double)]
    [InlineData("max-age", "7D", ArgumentKind.LongString)]
    [InlineData("odd", "1", ArgumentKind.LongString)]
    public void Text_of_a_configuration_is_a_number_where_the_key_takes_one(string key, string text, ArgumentKind kind) =>
        Assert.Equal(kind, PolicyKeys.Parse(key, text).Kind);

    private static readonly Gen<Policy> SomePolicy =
        Gen.Select(
            Gen.Int[0, 6], Gen.Bool, Gen.Int[1, 63], Gen.Enum<PolicyTarget>(), Gen.Int[-2, 2], Gen.Int[1, 20], Gen.Int[0, 3],
            (name, isOperator, letters, target, priority, length, key) => new Policy(
                $"p{name}",
                isOperator,
                $"[{string.Concat("abcdef".Where((_, index) => (letters & (1 << index)) != 0))}]",
                target,
                priority,
                Table($"{new[] { "max-length", "message-ttl", "max-length-bytes", "delivery-limit" }[key]}={length}")));

    private static bool IsOf(AppliedPolicy? policy, string key, ArgumentValue value) =>
        policy is not null && policy.Definition.TryGetValue(key, out var found) && found == value;

    private static (string?, string?) Names(EffectivePolicy policy) => (policy.Policy?.Name, policy.OperatorPolicy?.Name);

    private static VirtualHostPolicies Policies(params Policy[] policies) => new(null, policies);

    private static Policy Of(string name, string pattern = ".*", int priority = 0, string[]? definition = null) =>
        new(name, false, pattern, PolicyTarget.All, priority, Table(definition ?? ["max-length-bytes=1"]));

    private static ArgumentTable Table(params string[] definition) => QueueDeclarationTests.Table(definition);
}

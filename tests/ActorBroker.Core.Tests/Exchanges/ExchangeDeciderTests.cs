using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using CsCheck;
using Xunit;

namespace ActorBroker.Core.Tests.Exchanges;

public sealed class ExchangeDeciderTests
{
    private static readonly Origin Someone = new("guest", "127.0.0.1:1", DateTimeOffset.UnixEpoch);
    private static readonly ExchangeDefinition Direct = new(ExchangeTypes.Direct, true, false, false, ArgumentTable.Empty);

    private static readonly Gen<Binding> AnyBinding = Gen.Select(Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 1]).Select((queue, to, key, argument) =>
        new Binding(
            queue ? Destination.Queue($"q{to}") : Destination.Exchange($"e{to}"),
            $"k{key}",
            argument == 0 ? ArgumentTable.Empty : ArgumentTable.Of(("a", ArgumentValue.FromInt32(1)))));

    private static readonly Gen<Func<ExchangeState, ExchangeDecision>> AnyRequest = Gen.OneOf<Func<ExchangeState, ExchangeDecision>>(
        Gen.Select(Gen.Bool, Gen.Bool).Select<(bool, bool), Func<ExchangeState, ExchangeDecision>>(declare => state =>
            ExchangeDecider.Declare(state, Direct with { Durable = declare.Item1, AutoDelete = declare.Item2 }, false, Someone)),
        Gen.Bool.Select<bool, Func<ExchangeState, ExchangeDecision>>(ifUnused => state => ExchangeDecider.Delete(state, ifUnused, Someone)),
        Gen.Select(AnyBinding, Gen.Bool).Select<(Binding, bool), Func<ExchangeState, ExchangeDecision>>(bind => state =>
            ExchangeDecider.Bind(state, bind.Item1, bind.Item2, Someone)),
        AnyBinding.Select<Binding, Func<ExchangeState, ExchangeDecision>>(binding => state => ExchangeDecider.Bind(state, binding, true, Someone)),
        AnyBinding.Select<Binding, Func<ExchangeState, ExchangeDecision>>(binding => state => ExchangeDecider.Unbind(state, binding, Someone)),
        AnyBinding.Select<Binding, Func<ExchangeState, ExchangeDecision>>(binding => state =>
            ExchangeDecider.RemoveDestination(state, binding.Destination, Someone)),
        Gen.Select(Gen.Int[0, 2], Gen.Bool).Select<(int, bool), Func<ExchangeState, ExchangeDecision>>(source => state =>
            ExchangeDecider.AddSource(state, $"s{source.Item1}", source.Item2)));

    [Fact]
    public void The_events_alone_give_the_live_state_and_the_written_ones_its_durable_part() =>
        Gen.Select(Gen.OneOf("e", "amq.direct"), AnyRequest.Array[0, 40], Gen.Int[0, 40]).Sample((name, requests, snapshotAt) =>
        {
            var key = new ExchangeKey("/", name);
            var live = new ExchangeState(key);
            var all = new ExchangeState(key);
            var recovered = new ExchangeState(key);
            for (var i = 0; i < requests.Length; i++)
            {
                var (refusal, exchangeEvent, isDurable) = requests[i](live);
                Assert.True(refusal is null || exchangeEvent is null);
                if (exchangeEvent is not null)
                {
                    live.Apply(exchangeEvent);
                    all.Apply(exchangeEvent);
                    if (isDurable)
                        recovered.Apply(exchangeEvent);
                }

                if (i == snapshotAt)
                    recovered = new ExchangeState(recovered.ToSnapshot());
            }

            Assert.Equal(live.Definition, all.Definition);
            Assert.Equal(live.Bindings.ToHashSet(), all.Bindings.ToHashSet());
            Assert.Equal(live.BindingCount, live.Bindings.Count());
            AssertSame(live.ToSnapshot(), recovered.ToSnapshot());
            Assert.Equal(recovered.BindingCount, recovered.Bindings.Count());
        });

    [Fact]
    public void A_durable_event_that_is_replayed_over_its_own_effect_changes_nothing() =>
        AnyRequest.Array[0, 30].Sample(requests =>
        {
            var state = new ExchangeState(new ExchangeKey("/", "e"));
            foreach (var request in requests)
            {
                if (request(state).Event is not { } exchangeEvent)
                    continue;
                state.Apply(exchangeEvent);
                var once = state.ToSnapshot();
                state.Apply(exchangeEvent);
                AssertSame(once, state.ToSnapshot());
                Assert.Equal(state.BindingCount, state.Bindings.Count());
            }
        });

    [Theory]
    [InlineData("fanout", true, false, false, "inequivalent arg 'type' for exchange 'e' in vhost '/': received 'fanout' but current is 'direct'")]
    [InlineData("direct", false, false, false, "inequivalent arg 'durable' for exchange 'e' in vhost '/': received 'false' but current is 'true'")]
    [InlineData("direct", true, true, false, "inequivalent arg 'auto_delete' for exchange 'e' in vhost '/': received 'true' but current is 'false'")]
    [InlineData("direct", true, false, true, "inequivalent arg 'internal' for exchange 'e' in vhost '/': received 'true' but current is 'false'")]
    public void A_different_redeclaration_names_the_first_difference(string type, bool durable, bool autoDelete, bool isInternal, string text)
    {
        var state = Declared(Direct);
        var decision = ExchangeDecider.Declare(state, new ExchangeDefinition(type, durable, autoDelete, isInternal, ArgumentTable.Empty), false, Someone);
        Assert.Equal(new Refusal(RefusalReason.PreconditionFailed, text), decision.Refusal);
        Assert.Equal(ExchangeDecision.Unchanged, ExchangeDecider.Declare(state, new ExchangeDefinition(type, durable, autoDelete, isInternal, ArgumentTable.Empty), true, Someone));
    }

    [Fact]
    public void Of_the_arguments_only_the_alternate_exchange_is_compared()
    {
        var fanout = Direct with { Arguments = Alternate("amq.fanout") };
        AssertRefused("inequivalent arg 'alternate-exchange' for exchange 'e' in vhost '/': received 'amq.direct' but current is 'amq.fanout'", Declared(fanout), Direct with { Arguments = Alternate("amq.direct") });
        AssertRefused("inequivalent arg 'alternate-exchange' for exchange 'e' in vhost '/': received none but current is the value 'amq.fanout' of type 'longstr'", Declared(fanout), Direct);
        AssertRefused("inequivalent arg 'alternate-exchange' for exchange 'e' in vhost '/': received the value 'amq.fanout' of type 'longstr' but current is none", Declared(Direct), fanout);
        var other = Direct with { Arguments = ArgumentTable.Of(("x-anything", ArgumentValue.FromInt32(1))) };
        Assert.Null(ExchangeDecider.Declare(Declared(Direct), other, false, Someone).Refusal);

        static void AssertRefused(string text, ExchangeState state, ExchangeDefinition definition) => Assert.Equal(
            new Refusal(RefusalReason.PreconditionFailed, text), ExchangeDecider.Declare(state, definition, false, Someone).Refusal);
    }

    [Theory]
    [InlineData("", "direct", RefusalReason.AccessRefused, "operation not permitted on the default exchange")]
    [InlineData("amq.mine", "direct", RefusalReason.AccessRefused, "exchange name 'amq.mine' contains reserved prefix 'amq.*'")]
    [InlineData("e", "nope", RefusalReason.PreconditionFailed, "unknown exchange type 'nope'")]
    [InlineData("e", "x-jms-topic", RefusalReason.NotImplemented, "exchange type 'x-jms-topic' is not supported")]
    public void What_cannot_be_declared_is_refused(string name, string type, RefusalReason reason, string text)
    {
        var decision = ExchangeDecider.Declare(new ExchangeState(new ExchangeKey("/", name)), Direct with { Type = type }, false, Someone);
        Assert.Equal(new ExchangeDecision(new Refusal(reason, text), null, false), decision);
    }

    [Fact]
    public void An_alternate_exchange_that_is_no_text_is_refused()
    {
        var definition = Direct with { Arguments = ArgumentTable.Of(("alternate-exchange", ArgumentValue.FromInt32(1))) };
        Assert.Equal(
            new Refusal(RefusalReason.PreconditionFailed, "invalid type 'signedint' for arg 'alternate-exchange' in exchange 'e2' in vhost '/'"),
            ExchangeDecider.Declare(new ExchangeState(new ExchangeKey("/", "e2")), definition, false, Someone).Refusal);
    }

    [Theory]
    [InlineData("x-consistent-hash", "hash-property", "user_id", "Unsupported property: user_id")]
    [InlineData("x-consistent-hash", "hash-header", 1, "invalid type 'signedint' for arg 'hash-header' in exchange 'e' in vhost '/'")]
    [InlineData("x-consistent-hash", "hash-property", 1, "invalid type 'signedint' for arg 'hash-property' in exchange 'e' in vhost '/'")]
    [InlineData("x-recent-history", "x-recent-history-length", 0, "Invalid argument 0, 'x-recent-history-length' must be a positive integer")]
    [InlineData("x-recent-history", "x-recent-history-length", "3", "Invalid argument <<\"3\">>, 'x-recent-history-length' must be a positive integer")]
    [InlineData("x-message-deduplication", "x-other", 1, "Missing or invalid argument, 'x-cache-size' must be an integer greater than 0")]
    [InlineData("x-message-deduplication", "x-cache-size", "many", "Missing or invalid argument, 'x-cache-size' must be an integer greater than 0")]
    [InlineData("x-delayed-message", "x-other", 1, "Invalid argument, 'x-delayed-type' must be an existing exchange type")]
    [InlineData("x-delayed-message", "x-delayed-type", 1, "Invalid argument, 'x-delayed-type' must be an existing exchange type")]
    [InlineData("x-delayed-message", "x-delayed-type", "x-delayed-message", "Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'")]
    [InlineData("x-delayed-message", "x-delayed-type", "nope", "unknown exchange type 'nope'")]
    public void A_type_refuses_arguments_that_it_cannot_go_by(string type, string name, object value, string text) => Assert.Equal(
        new Refusal(RefusalReason.PreconditionFailed, text), CheckArguments(type, (name, ValueOf(value))));

    [Fact]
    public void Some_arguments_are_wrong_only_together()
    {
        Assert.Null(CheckArguments(ExchangeTypes.ConsistentHash, ("hash-property", ValueOf("message_id"))));
        Assert.Null(CheckArguments(ExchangeTypes.ConsistentHash, ("hash-header", ValueOf("any"))));
        Assert.Equal(
            "hash-header and hash-property are mutually exclusive",
            CheckArguments(ExchangeTypes.ConsistentHash, ("hash-header", ValueOf("h")), ("hash-property", ValueOf("message_id")))?.Text);
        Assert.Null(CheckArguments(ExchangeTypes.Deduplication, ("x-cache-size", ValueOf("10")), ("x-cache-ttl", ValueOf(1000)), ("x-cache-persistence", ValueOf("disk"))));
        Assert.Equal(
            "Invalid argument, 'x-cache-ttl' must be an integer greater than 0",
            CheckArguments(ExchangeTypes.Deduplication, ("x-cache-size", ValueOf(10)), ("x-cache-ttl", ValueOf(0)))?.Text);
        Assert.Equal(
            "Invalid argument, 'x-cache-persistence' must be either 'disk' or 'memory'",
            CheckArguments(ExchangeTypes.Deduplication, ("x-cache-size", ValueOf(10)), ("x-cache-persistence", ValueOf("tape")))?.Text);
        Assert.Null(CheckArguments(ExchangeTypes.Delayed, ("x-delayed-type", ValueOf("x-consistent-hash")), ("hash-header", ValueOf("h"))));
        Assert.Equal(
            "Unsupported property: x",
            CheckArguments(ExchangeTypes.Delayed, ("x-delayed-type", ValueOf("x-consistent-hash")), ("hash-property", ValueOf("x")))?.Text);
    }

    [Theory]
    [InlineData("x-consistent-hash", "ten", "The binding key must be an integer: <<\"ten\">>")]
    [InlineData("x-consistent-hash", "", "The binding key must be an integer: <<\"\">>")]
    [InlineData("x-consistent-hash", "0", "The binding key must be greater than 0")]
    [InlineData("x-consistent-hash", "-3", "The binding key must be greater than 0")]
    [InlineData("x-local-random", "k", "Non empty binding 'k' key not permitted")]
    public void A_type_refuses_binding_keys_that_it_cannot_go_by(string type, string key, string text)
    {
        var state = Declared(Direct with { Type = type });
        var binding = new Binding(Destination.Queue("q"), key, ArgumentTable.Empty);
        Assert.Equal(new Refusal(RefusalReason.PreconditionFailed, text), ExchangeDecider.CheckBind(state, binding));
        Assert.Null(ExchangeDecider.CheckBind(state, binding with { RoutingKey = type == ExchangeTypes.LocalRandom ? string.Empty : "10" }));
    }

    [Fact]
    public void A_delayed_exchange_has_the_binding_rules_of_its_inner_type()
    {
        var inner = ArgumentTable.Of((ExchangeArguments.DelayedType, ArgumentValue.FromString(ExchangeTypes.ConsistentHash)));
        var state = new ExchangeState(new ExchangeKey("/", "e"));
        state.Apply(new ExchangeDeclared(state.Key, Direct with { Type = ExchangeTypes.Delayed, Arguments = inner }, Someone));
        Assert.Equal("The binding key must be an integer: <<\"k\">>", ExchangeDecider.CheckBind(state, new Binding(Destination.Queue("q"), "k", ArgumentTable.Empty))?.Text);
        Assert.Equal("Destination not found", ExchangeDecider.CheckBind(
            Declared(Direct with { Type = ExchangeTypes.LocalRandom }), new Binding(Destination.Exchange("e"), string.Empty, ArgumentTable.Empty))?.Text);
    }

    [Theory]
    [InlineData("/", "amq.rabbitmq.trace", true)]
    [InlineData("other", "amq.rabbitmq.trace", true)]
    [InlineData("/", "amq.rabbitmq.event", true)]
    [InlineData("other", "amq.rabbitmq.event", false)]
    public void Traces_are_in_every_virtual_host_and_events_in_one(string virtualHost, string name, bool isThere)
    {
        var state = new ExchangeState(new ExchangeKey(virtualHost, name));
        Assert.Equal(isThere ? Direct with { Type = ExchangeTypes.Topic, Internal = true } : null, state.Definition);
        Assert.Equal(isThere, PredeclaredExchanges.NamesIn(virtualHost).Contains(name));
    }

    [Fact]
    public void A_predeclared_exchange_is_there_can_be_bound_and_cannot_be_deleted()
    {
        var state = new ExchangeState(new ExchangeKey("/", "amq.direct"));
        Assert.True(state.Exists);
        Assert.Equal(ExchangeDecision.Unchanged, ExchangeDecider.Declare(state, Direct, false, Someone));
        Assert.True(ExchangeDecider.Bind(state, ToQueue("q"), true, Someone).IsDurable);
        Assert.Equal(
            new Refusal(RefusalReason.AccessRefused, "deletion of system exchange 'amq.direct' in vhost '/' not allowed"),
            ExchangeDecider.Delete(state, false, Someone).Refusal);
        Assert.Equal(
            new Refusal(RefusalReason.NotFound, "no exchange 'amq.mine' in vhost '/'"),
            ExchangeDecider.Declare(new ExchangeState(new ExchangeKey("/", "amq.mine")), Direct, true, Someone).Refusal);
    }

    [Fact]
    public void An_exchange_with_bindings_is_in_use()
    {
        var state = Declared(Direct);
        state.Apply(ExchangeDecider.Bind(state, ToQueue("q"), false, Someone).Event!);
        Assert.Equal(new Refusal(RefusalReason.PreconditionFailed, "exchange 'e' in vhost '/' in use"), ExchangeDecider.Delete(state, true, Someone).Refusal);
        Assert.IsType<ExchangeDeleted>(ExchangeDecider.Delete(state, false, Someone).Event);
    }

    [Fact]
    public void Neither_end_of_a_binding_may_be_the_default_exchange()
    {
        var refusal = new Refusal(RefusalReason.AccessRefused, "operation not permitted on the default exchange");
        Assert.Equal(refusal, ExchangeDecider.CheckBind(new ExchangeState(new ExchangeKey("/", string.Empty)), ToQueue("q")));
        Assert.Equal(refusal, ExchangeDecider.CheckBind(Declared(Direct), new Binding(Destination.Exchange(string.Empty), "k", ArgumentTable.Empty)));
        Assert.Equal(refusal, ExchangeDecider.Unbind(new ExchangeState(new ExchangeKey("/", string.Empty)), ToQueue("q"), Someone).Refusal);
    }

    [Fact]
    public void What_is_missing_needs_no_deletion_and_no_unbinding_but_cannot_be_bound()
    {
        var missing = new ExchangeState(new ExchangeKey("/", "e"));
        Assert.Equal(ExchangeDecision.Unchanged, ExchangeDecider.Delete(missing, true, Someone));
        Assert.Equal(ExchangeDecision.Unchanged, ExchangeDecider.Unbind(missing, ToQueue("q"), Someone));
        Assert.Equal(new Refusal(RefusalReason.NotFound, "no exchange 'e' in vhost '/'"), ExchangeDecider.Bind(missing, ToQueue("q"), true, Someone).Refusal);
        Assert.Equal(new Refusal(RefusalReason.NotFound, "no exchange 'e' in vhost '/'"), ExchangeDecider.AddSource(missing, "s", true).Refusal);
    }

    [Fact]
    public void An_auto_delete_exchange_is_abandoned_when_its_last_binding_goes()
    {
        var state = Declared(Direct with { AutoDelete = true });
        state.Apply(ExchangeDecider.Bind(state, ToQueue("q"), true, Someone).Event!);
        state.Apply(ExchangeDecider.Bind(state, ToQueue("r"), true, Someone).Event!);
        var first = ExchangeDecider.Unbind(state, ToQueue("q"), Someone).Event!;
        state.Apply(first);
        Assert.False(ExchangeDecider.IsAbandonedBy(state, first));
        var last = ExchangeDecider.RemoveDestination(state, Destination.Queue("r"), Someone).Event!;
        state.Apply(last);
        Assert.True(ExchangeDecider.IsAbandonedBy(state, last));
    }

    private static void AssertSame(ExchangeSnapshot expected, ExchangeSnapshot actual)
    {
        Assert.Equal(expected.Exchange, actual.Exchange);
        Assert.Equal(expected.Definition, actual.Definition);
        Assert.Equal(expected.Bindings.ToHashSet(), actual.Bindings.ToHashSet());
        Assert.Equal(expected.Sources.ToHashSet(), actual.Sources.ToHashSet());
    }

    private static ExchangeState Declared(ExchangeDefinition definition)
    {
        var state = new ExchangeState(new ExchangeKey("/", "e"));
        state.Apply(ExchangeDecider.Declare(state, definition, false, Someone).Event!);
        return state;
    }

    private static Binding ToQueue(string name) => new(Destination.Queue(name), "k", ArgumentTable.Empty);

    private static ArgumentTable Alternate(string name) => ArgumentTable.Of(("alternate-exchange", ArgumentValue.FromString(name)));

    private static Refusal? CheckArguments(string type, params ReadOnlySpan<(string, ArgumentValue)> arguments) =>
        ExchangeTypeRules.CheckArguments(new ExchangeKey("/", "e"), Direct with { Type = type, Arguments = ArgumentTable.Of(arguments) });

    private static ArgumentValue ValueOf(object value) => value is int number ? ArgumentValue.FromInt32(number) : ArgumentValue.FromString((string)value);
}

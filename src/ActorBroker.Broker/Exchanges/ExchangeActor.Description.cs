using ActorBroker.Broker.Routing;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Exchanges;

// What the exchange is, for those who look after it.
public sealed partial class ExchangeActor
{
    private string? _policiesQuestion;

    private void Describe(DescribeExchange describe, IActorRef asker)
    {
        if (State.Definition is null)
        {
            Finish(new Refusal(RefusalReason.NotFound, $"no {State.Key}"));
            return;
        }

        Refusal? refused = null;
        if (Policies is null)
            _policiesQuestion = _answers.Ask((refusal, _) => refused = refusal);
        AwaitAnswers(() =>
        {
            _policiesQuestion = null;
            if (refused is null)
            {
                var policy = Policies?.OfExchange(State.Key.Name) ?? EffectivePolicy.None;
                asker.Tell(new ExchangeDescribed(describe.RequestId, State.Key, null, State.Definition, policy), Self);
            }

            Finish(refused);
        });
    }

    private void List(ListRoutes list, IActorRef asker)
    {
        if (State.Definition is { } definition)
            TellRoutes(definition, asker);
        else
            asker.Tell(new RoutesNotFound(list.Exchange), Self);
        Finish(null);
    }

    private void TellRoutes(ExchangeDefinition definition, IActorRef asker)
    {
        var parts = MessageParts.Of(State.Bindings).ToList();
        for (var i = 0; i < parts.Count; i++)
            asker.Tell(new RoutesSnapshot(State.Key, _nodes.Version, definition, parts[i], i == 0, i == parts.Count - 1), Self);
    }

    private VirtualHostPolicies? Policies => _settings.Policies.Of(State.Key.VirtualHost, Context.System, Self);

    private void OnPoliciesLoaded()
    {
        if (_policiesQuestion is { } question)
            _answers.OnAnswer(question, refusal: null, isDurable: false);
    }
}

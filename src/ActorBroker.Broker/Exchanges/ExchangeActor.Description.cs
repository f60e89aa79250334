using ActorBroker.Contracts.Exchanges;
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

    private VirtualHostPolicies? Policies => _settings.Policies.Of(State.Key.VirtualHost, Context.System, Self);

    private void OnPoliciesLoaded()
    {
        if (_policiesQuestion is { } question)
            _answers.OnAnswer(question, refusal: null, isDurable: false);
    }
}

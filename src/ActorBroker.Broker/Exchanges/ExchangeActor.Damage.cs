using ActorBroker.Broker.Persistence;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Exchanges;

/// <content>An exchange that cannot be read from the journal: it refuses everything, and nodes do not route through it.</content>
public sealed partial class ExchangeActor
{
    private readonly ReplayCheck _replay = new();

    private void RefuseDamaged(ExchangeCommand command, string damage)
    {
        var refusal = new Refusal(RefusalReason.Damaged, $"{command.Exchange} is not served: its journal is damaged: {damage}");
        switch (command)
        {
            case AddExchangeBindingSource add:
                Sender.Tell(new BindingSourceAnswered(add.RequestId, refusal, DestinationIsDurable: false), Self);
                break;
            case SubscribeRoutes subscribe:
                Sender.Tell(new RoutesNotFound(subscribe.Exchange), Self);
                break;
            case RemoveDestination:
                // Who is being deleted must not wait for the repair: nothing is routed from here.
                new ExchangeRequest(command, Sender).Answer(refusal: null, Self);
                break;
            default:
                new ExchangeRequest(command, Sender).Answer(refusal, Self);
                break;
        }
    }
}

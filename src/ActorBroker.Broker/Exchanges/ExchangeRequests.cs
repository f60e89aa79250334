using ActorBroker.Broker.Routing;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Policies;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Exchanges;

/// <summary>A request with the one who waits for its answer.</summary>
internal sealed record ExchangeRequest(ExchangeCommand Command, IActorRef Sender)
{
    /// <summary>Changes bindings and nothing else, so that it may share a write with its neighbours.</summary>
    public bool IsBindingChange => Command is BindDestination or UnbindDestination or RemoveDestination;

    /// <summary>Answers the request in its own words.</summary>
    public void Answer(Refusal? refusal, IActorRef exchange)
    {
        switch (Command)
        {
            case DeclareExchange declare:
                Sender.Tell(new ExchangeAnswered(declare.RequestId, refusal), exchange);
                break;
            case DeleteExchange delete:
                Sender.Tell(new ExchangeAnswered(delete.RequestId, refusal), exchange);
                break;
            case BindDestination bind:
                Sender.Tell(new ExchangeAnswered(bind.RequestId, refusal), exchange);
                break;
            case UnbindDestination unbind:
                Sender.Tell(new ExchangeAnswered(unbind.RequestId, refusal), exchange);
                break;
            case RemoveDestination remove:
                Sender.Tell(new DestinationRemoved(remove.RequestId, refusal), exchange);
                break;
            case DescribeExchange describe when refusal is not null:
                Sender.Tell(new ExchangeDescribed(describe.RequestId, describe.Exchange, refusal, null, EffectivePolicy.None), exchange);
                break;
            case SubscribeRoutes subscribe when refusal is not null:
                // The node asks again.
                Sender.Tell(new ReloadRoutes(subscribe.Exchange), exchange);
                break;
            case ListRoutes list when refusal is not null:
                Sender.Tell(new ReloadRoutes(list.Exchange), exchange);
                break;
        }
    }
}

/// <summary>The requests that wait for their turn, in order. Bounded by <see cref="ExchangeSettings.WaitingMax"/>.</summary>
internal sealed class ExchangeRequests
{
    private readonly LinkedList<ExchangeRequest> _waiting = [];

    public int Count => _waiting.Count;

    /// <summary>What comes first; null when nothing waits.</summary>
    public ExchangeCommand? Next => _waiting.First?.Value.Command;

    public void Add(ExchangeRequest request) => _waiting.AddLast(request);

    /// <summary>Puts requests that were taken too early back to where they were.</summary>
    public void PutBack(List<ExchangeRequest> requests)
    {
        for (var i = requests.Count - 1; i >= 0; i--)
            _waiting.AddFirst(requests[i]);
    }

    public ExchangeRequest Take()
    {
        var first = _waiting.First!.Value;
        _waiting.RemoveFirst();
        return first;
    }

    /// <summary>The changes of bindings at the head, as many as may be handled together.</summary>
    public List<ExchangeRequest> TakeBindingChanges(int countMax)
    {
        var taken = new List<ExchangeRequest>();
        var weight = 0;
        while (taken.Count < countMax && weight < MessageParts.PartBytes && _waiting.First is { Value.IsBindingChange: true })
        {
            taken.Add(Take());
            weight += taken[^1].Command is BindDestination bind ? MessageParts.Weigh(bind.Binding) : 0;
        }

        return taken;
    }

    public IEnumerable<ExchangeRequest> TakeAll()
    {
        while (_waiting.Count > 0)
            yield return Take();
    }
}

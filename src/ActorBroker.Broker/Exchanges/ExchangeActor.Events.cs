using ActorBroker.Contracts.Events;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Exchanges;

// What those who watch are told, once it is in force and before it is answered.
public sealed partial class ExchangeActor
{
    private readonly List<BrokerEvent> _happened = [];

    private void NoteChange(ExchangeEvent change)
    {
        switch (change)
        {
            case BindingAdded added:
                _happened.Add(new BindingCreated(State.Key, added.Binding, added.Origin));
                break;
            case Core.Exchanges.BindingRemoved removed:
                _happened.Add(new BindingDeleted(State.Key, removed.Binding, WithDestination: false, removed.Origin));
                break;
            case DestinationUnbound unbound:
                foreach (var binding in State.BindingsTo(unbound.Destination))
                    _happened.Add(new BindingDeleted(State.Key, binding, WithDestination: true, unbound.Origin));
                break;
        }
    }

    private void NoteDeletion(Origin origin)
    {
        _happened.Add(new Contracts.Events.ExchangeDeleted(State.Key, origin));
        foreach (var binding in State.Bindings)
            _happened.Add(new BindingDeleted(State.Key, binding, WithDestination: false, origin));
    }

    private void TellWatchers()
    {
        foreach (var happened in _happened)
            Context.System.EventStream.Publish(happened);
        _happened.Clear();
    }
}

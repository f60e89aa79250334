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
                _happened.Add(new BindingCreated(State.Key, added.Binding, added.Origin) { IsOfTransient = !added.Durable });
                break;
            case Core.Exchanges.BindingRemoved removed:
                _happened.Add(Deleted(removed.Binding, withDestination: false, removed.Origin));
                break;
            case DestinationUnbound unbound:
                foreach (var binding in State.BindingsTo(unbound.Destination))
                    _happened.Add(Deleted(binding, withDestination: true, unbound.Origin));
                break;
        }
    }

    private void NoteDeletion(Origin origin)
    {
        var isOfTransient = State.Definition is { Durable: false } or { AutoDelete: true };
        _happened.Add(new Contracts.Events.ExchangeDeleted(State.Key, origin) { IsOfTransient = isOfTransient });
        foreach (var binding in State.Bindings)
            _happened.Add(Deleted(binding, withDestination: false, origin));
    }

    private BindingDeleted Deleted(Binding binding, bool withDestination, Origin origin)
    {
        State.TryGetBinding(binding, out var durable);
        return new BindingDeleted(State.Key, binding, withDestination, origin) { IsOfTransient = !durable };
    }

    private void TellWatchers()
    {
        foreach (var happened in _happened)
            Context.System.EventStream.Publish(happened);
        _happened.Clear();
    }
}

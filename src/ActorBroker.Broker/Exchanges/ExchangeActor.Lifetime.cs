using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Broker.Exchanges;

// Declaration and deletion.
public sealed partial class ExchangeActor
{
    private void BeginDeclare(DeclareExchange declare)
    {
        var decision = ExchangeDecider.Declare(State, declare.Definition, declare.Passive, declare.Origin);
        if (decision.Event is not { } declared)
        {
            Finish(decision.Refusal);
            return;
        }

        // The name first: a name without an exchange is found out when it is used, the reverse never.
        Refusal? refused = null;
        var id = _answers.Ask((refusal, _) => refused ??= refusal);
        var register = new RegisterName(State.Key.VirtualHost, DestinationKind.Exchange, State.Key.Name, declare.Definition.Durable, id);
        _answers.Tell(id, () => _settings.CatalogueRegion(Context.System).Tell(register, Self));
        AskForStage(declare.Definition, declare.Origin, refusal => refused ??= refusal);
        AwaitAnswers(() =>
        {
            if (refused is not null)
            {
                Finish(refused);
                return;
            }

            State.Apply(declared);
            _happened.Add(new Contracts.Events.ExchangeCreated(State.Key, declare.Definition, declare.Origin));
            Write(decision.IsDurable ? [declared] : [], () =>
            {
                TellWatchers();
                Finish(null);
            });
        });
    }

    private void BeginDelete(DeleteExchange delete)
    {
        var decision = ExchangeDecider.Delete(State, delete.IfUnused, delete.Origin);
        if (decision.Event is ExchangeDeleted deleted)
            BeginDeletion(deleted, decision.IsDurable, Finish);
        else
            Finish(decision.Refusal);
    }

    /// <summary>
    /// Takes the exchange away from those that bind it, out of the journal, the catalogue and the nodes, in this order:
    /// what a crash leaves half done is an exchange without some bindings, or a name without an exchange.
    /// </summary>
    private void BeginDeletion(ExchangeDeleted deleted, bool isDurable, Action<Refusal?> then)
    {
        _isDeleting = true;
        Refusal? refused = null;
        foreach (var source in State.Sources.Where(source => source != State.Key.Name))
        {
            var id = _answers.Ask((refusal, _) => refused ??= refusal);
            var remove = new RemoveDestination(
                new ExchangeKey(State.Key.VirtualHost, source), id, Destination.Exchange(State.Key.Name), deleted.Origin);
            _answers.Tell(id, () => _settings.ExchangeRegion(Context.System).Tell(remove, Self));
        }

        AwaitAnswers(() =>
        {
            if (refused is not null)
            {
                _isDeleting = false;
                _requests.PutBack(_removedWhileDeleting);
                _removedWhileDeleting.Clear();
                then(refused);
                return;
            }

            var definition = State.Definition!;
            NoteDeletion(deleted.Origin);
            State.Apply(deleted);
            Write(isDurable ? [deleted] : [], () => Unregister(definition, deleted.Origin, then));
        });
    }

    private void Unregister(ExchangeDefinition definition, Origin origin, Action<Refusal?> then)
    {
        Refusal? refused = null;
        var id = _answers.Ask((refusal, _) => refused ??= refusal);
        var unregister = new UnregisterName(State.Key.VirtualHost, DestinationKind.Exchange, State.Key.Name, id);
        _answers.Tell(id, () => _settings.CatalogueRegion(Context.System).Tell(unregister, Self));
        AskStageToGo(definition, origin, refusal => refused ??= refusal);
        AwaitAnswers(() =>
        {
            _nodes.Tell(version => new RoutesRemoved(State.Key, version), Self);
            AwaitNodes(() =>
            {
                foreach (var node in _nodes.All)
                    Context.Unwatch(node);
                _nodes.Clear();
                _isDeleting = false;
                _removedWhileDeleting.Clear();
                TellWatchers();
                then(refused);
            });
        });
    }
}

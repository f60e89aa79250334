using System.Diagnostics;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Event;

namespace ActorBroker.Broker.Exchanges;

// Changes of bindings: ask the destinations, decide, write, tell the nodes, answer.
public sealed partial class ExchangeActor
{
    private List<BindingChange> _changes = [];

    private void BeginChanges(List<ExchangeRequest> requests)
    {
        _changes = requests.ConvertAll(request => new BindingChange(request));
        foreach (var change in _changes)
        {
            if (change.Request.Command is BindDestination bind)
                AskDestination(change, bind.Binding);
            else if (change.Request.Command is UnbindDestination unbind)
                AskOwner(change, unbind.Binding);
        }

        AwaitAnswers(() => CopyHistory(DecideChanges));
    }

    private void AskDestination(BindingChange change, Binding binding)
    {
        change.Refusal = ExchangeDecider.CheckBind(State, binding);
        if (change.Refusal is not null)
            return;
        change.Destination = binding.Destination;
        var id = _answers.Ask((refusal, isDurable) =>
        {
            change.Refusal = refusal;
            change.DestinationIsDurable = isDurable;
        });
        change.QuestionId = id;
        var (virtualHost, source) = State.Key;
        var isDurable = State.Definition!.Durable;
        if (binding.Destination.Kind == DestinationKind.Queue)
        {
            AskQueue(change, id);
        }
        else
        {
            var question = new AddExchangeBindingSource(new ExchangeKey(virtualHost, binding.Destination.Name), id, source, isDurable);
            _answers.Tell(id, () => _settings.ExchangeRegion(Context.System).Tell(question, Self));
        }
    }

    // An exclusive queue is its owner's alone, to unbind too. It journals nothing, so that a durable binding leads to none.
    // Nothing but that stands against unbinding: a queue that is gone or can't be asked is let go of.
    private void AskOwner(BindingChange change, Binding binding)
    {
        if (binding.Destination.Kind != DestinationKind.Queue || !State.TryGetBinding(binding, out var isDurable) || isDurable)
            return;
        change.Destination = binding.Destination;
        var id = _answers.Ask((refusal, _) => change.Refusal = refusal is { Reason: RefusalReason.ResourceLocked } ? refusal : null);
        change.QuestionId = id;
        AskQueue(change, id);
    }

    private void AskQueue(BindingChange change, string id)
    {
        var (virtualHost, source) = State.Key;
        var question = new AddBindingSource(
            new QueueKey(virtualHost, change.Destination.Name), id, source, change.Request.Sender, State.Definition!.Durable);
        _answers.Tell(id, () => _settings.QueueRegion(Context.System).Tell(question, Self));
    }

    /// <summary>A destination that is being deleted may answer only when this exchange has let go of it: take it as gone.</summary>
    private void GiveUpOn(Destination destination)
    {
        var refusal = new Refusal(
            RefusalReason.NotFound,
            destination.Kind == DestinationKind.Queue
                ? $"no {new QueueKey(State.Key.VirtualHost, destination.Name)}"
                : $"no {new ExchangeKey(State.Key.VirtualHost, destination.Name)}");
        foreach (var change in _changes.ToList())
        {
            if (change.QuestionId is { } id && change.Destination == destination)
                _answers.OnAnswer(id, refusal, isDurable: false);
        }
    }

    private void DecideChanges()
    {
        var events = new List<ExchangeEvent>();
        var routes = new List<RouteChange>();
        ExchangeDeleted? deletion = null;
        for (var i = 0; i < _changes.Count && deletion is null; i++)
        {
            var change = _changes[i];
            if (change.Refusal is not null)
                continue;
            var decision = Decide(change);
            change.Refusal = decision.Refusal;
            if (decision.Event is not { } exchangeEvent)
            {
                if (NotBefore(change) is { } written)
                    events.Add(written);
                continue;
            }

            AddRouteChanges(exchangeEvent, routes);
            NoteChange(exchangeEvent);
            State.Apply(exchangeEvent);
            if (decision.IsDurable)
                events.Add(exchangeEvent);
            if (ExchangeDecider.IsAbandonedBy(State, exchangeEvent))
            {
                deletion = new ExchangeDeleted(State.Key, change.Origin);
                PutBackAfter(i);
            }
        }

        Write(events, () => TellNodes(routes, () => CopyRestOfHistory(() => AnswerChanges(deletion))));
    }

    // A queue that is gone is told that nothing leads to it only by an incarnation that has the journal's next number: one
    // that another has taken over from, and does not know it, might still write a binding that the queue had agreed to.
    private DestinationUnbound? NotBefore(BindingChange change) =>
        !_hasWritten && State.Definition is { Durable: true } && change.Request.Command is RemoveDestination remove
            ? new DestinationUnbound(State.Key, remove.Destination, remove.Origin)
            : null;

    /// <summary>The exchange goes with this change: the ones after it will find it gone.</summary>
    private void PutBackAfter(int index)
    {
        var later = _changes[(index + 1)..].ConvertAll(change => change.Request);
        _requests.PutBack(later);
        _current.RemoveRange(index + 1, later.Count);
        _changes.RemoveRange(index + 1, later.Count);
    }

    private ExchangeDecision Decide(BindingChange change) => change.Request.Command switch
    {
        BindDestination bind => ExchangeDecider.Bind(State, bind.Binding, change.DestinationIsDurable, bind.Origin),
        UnbindDestination unbind => ExchangeDecider.Unbind(State, unbind.Binding, unbind.Origin),
        RemoveDestination remove => ExchangeDecider.RemoveDestination(State, remove.Destination, remove.Origin),
        var other => throw new UnreachableException($"{other.GetType().Name} changes no binding"),
    };

    private void AddRouteChanges(ExchangeEvent exchangeEvent, List<RouteChange> routes)
    {
        switch (exchangeEvent)
        {
            case BindingAdded added:
                routes.Add(new RouteChange(true, added.Binding));
                break;
            case BindingRemoved removed:
                routes.Add(new RouteChange(false, removed.Binding));
                break;
            case DestinationUnbound unbound:
                routes.AddRange(State.BindingsTo(unbound.Destination).Select(binding => new RouteChange(false, binding)));
                break;
        }
    }

    private void AnswerChanges(ExchangeDeleted? deletion)
    {
        TellWatchers();
        var last = deletion is null ? null : _changes[^1].Request;
        foreach (var change in _changes)
        {
            if (change.Request != last)
                change.Request.Answer(change.Refusal, Self);
        }

        _changes = [];
        _current.Clear();
        if (deletion is null)
        {
            Finish(null);
            return;
        }

        // The binding is gone whatever comes of the exchange, and that is what was asked for.
        _current.Add(last!);
        BeginDeletion(deletion, State.Definition!.Durable, refusal =>
        {
            if (refusal is not null)
                _log.Warning("{0}: lost its last binding but could not be deleted: {1}", PersistenceId, refusal.Text);
            Finish(null);
        });
    }

    private void OnAddSource(AddExchangeBindingSource add)
    {
        _state ??= new ExchangeState(add.Exchange);
        var asker = Sender;
        var decision = _isDeleting
            ? new ExchangeDecision(new Refusal(RefusalReason.NotFound, $"no {State.Key}"), null, false)
            : ExchangeDecider.AddSource(State, add.Source, add.Durable);
        var answer = new BindingSourceAnswered(add.RequestId, decision.Refusal, State.Definition is { Durable: true });
        if (decision.Event is { } exchangeEvent)
            State.Apply(exchangeEvent);
        if (decision is { IsDurable: true, Event: { } durableEvent })
        {
            var inWriting = (add.RequestId, asker);
            _sourcesInWriting.Add(inWriting);
            Write([durableEvent], () =>
            {
                _sourcesInWriting.Remove(inWriting);
                asker.Tell(answer, Self);
            });
        }
        else
        {
            asker.Tell(answer, Self);
        }

        TakeNext();
    }

    /// <summary>One change on its way.</summary>
    private sealed class BindingChange(ExchangeRequest request)
    {
        public ExchangeRequest Request { get; } = request;

        public Origin Origin => Request.Command switch
        {
            BindDestination bind => bind.Origin,
            UnbindDestination unbind => unbind.Origin,
            RemoveDestination remove => remove.Origin,
            var other => throw new UnreachableException($"{other.GetType().Name} changes no binding"),
        };

        public Destination Destination { get; set; }

        public string? QuestionId { get; set; }

        public Refusal? Refusal { get; set; }

        public bool DestinationIsDurable { get; set; }
    }
}

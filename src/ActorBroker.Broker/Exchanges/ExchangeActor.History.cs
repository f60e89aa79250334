using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Exchanges;

// What the exchange remembers goes to each new destination, in two steps: what is there before the binding is in force, and
// what came until it was. So nothing is missed between; what others publish just then may come twice.
public sealed partial class ExchangeActor
{
    private IActorRef? _historyCopier;
    private string? _historyQuestion;
    private Refusal? _historyRefusal;

    private bool KeepsHistory => _state?.Definition is { } definition && StageDefinition.KindOf(definition) == StageKind.History;

    private void CopyHistory(Action then)
    {
        if (!KeepsHistory || _changes is not [{ Refusal: null, Request.Command: BindDestination { Binding: var binding } } change] || !IsNew(binding))
        {
            then();
            return;
        }

        _historyRefusal = null;
        _historyCopier = Context.Watch(Context.ActorOf(
            HistoryCopyActor.Props(State.Key, State.Definition!, binding.Destination, _settings.Forwarding)));
        AwaitCopy(change, isLast: false, then);
    }

    private void CopyRestOfHistory(Action then)
    {
        if (_historyCopier is not null)
        {
            _historyCopier.Tell(CopyTheRest.Instance);
            AwaitCopy(_changes[0], isLast: true, then);
            return;
        }

        if (_historyRefusal is not null)
            _changes[0].Refusal ??= _historyRefusal;
        _historyRefusal = null;
        then();
    }

    // Bound to itself it would only remember again what it remembers.
    private bool IsNew(Binding binding) => !State.TryGetBinding(binding, out _) && binding.Destination != Destination.Exchange(State.Key.Name);

    // A question to the destination, which may be deleted before it has everything.
    private void AwaitCopy(BindingChange change, bool isLast, Action then)
    {
        change.QuestionId = _historyQuestion = _answers.Ask((refusal, _) =>
        {
            _historyQuestion = null;
            change.Refusal ??= refusal;
            if (isLast || refusal is not null)
                EndCopying();
        });
        AwaitAnswers(then);
    }

    private void OnHistoryCopied(IActorRef copier, Refusal? refusal)
    {
        if (!copier.Equals(_historyCopier))
            return;
        if (_historyQuestion is { } question)
        {
            _answers.OnAnswer(question, refusal, isDurable: false);
        }
        else if (refusal is not null)
        {
            _historyRefusal = refusal;
            EndCopying();
        }
    }

    private void EndCopying()
    {
        Context.Unwatch(_historyCopier);
        Context.Stop(_historyCopier);
        _historyCopier = null;
    }
}

using ActorBroker.Contracts.Catalogue;
using ActorBroker.Contracts.Exchanges;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Broker.Exchanges;

/// <content>Requests in order, one round after the other, and who is refused when nothing comes of them.</content>
public sealed partial class ExchangeActor
{
    private bool _isAwaited;

    private void OnRequest(ExchangeRequest request)
    {
        _state ??= new ExchangeState(request.Command.Exchange);
        if (request.Command is RemoveDestination remove)
        {
            if (_isDeleting)
            {
                // All bindings are going, and the one who asks may be whom the deletion waits for.
                _removedWhileDeleting.Add(request with { Sender = ActorRefs.Nobody });
                request.Answer(null, Self);
                return;
            }

            GiveUpOn(remove.Destination);
        }

        // There are few nodes, and one that is refused asks again at once.
        if (_requests.Count >= _settings.WaitingMax && request.Command is not SubscribeRoutes)
        {
            request.Answer(Unavailable("has too many requests waiting"), Self);
            return;
        }

        if (request.Command is DescribeExchange)
        {
            AwaitAsker();
        }

        if (_search.IsUnderWay && request.Command is SubscribeRoutes subscribe)
        {
            // All others wait for those that subscribe now.
            Subscribe(subscribe, request.Sender);
            return;
        }

        _requests.Add(request);
        TakeNext();
    }

    private void TakeNext()
    {
        // A loop, for a request that is answered at once would otherwise take the next one from within.
        if (_isTaking)
            return;
        _isTaking = true;
        while (!_isBusy && _requests.Count > 0)
        {
            _isBusy = true;
            Begin();
        }

        _isTaking = false;
        if (!_isBusy && !_isLeaving && !_isAwaited && !State.Exists)
        {
            _isLeaving = true;
            Context.Parent.Tell(new Passivate(StopExchange.Instance));
        }
    }

    // Whoever asks for an exchange that is not there may be about to declare it, and tell this actor.
    private void AwaitAsker()
    {
        if (!_isAwaited)
        {
            _isAwaited = true;
            Context.SetReceiveTimeout(_settings.AskerTimeout);
        }
    }

    private void OnNobodyCame()
    {
        _isAwaited = false;
        Context.SetReceiveTimeout(null);
        TakeNext();
    }

    private void Begin()
    {
        if (AwaitsFollowers())
            return;

        // What a new binding gets of the history depends on what bindings there are before it.
        var changes = _requests.TakeBindingChanges(KeepsHistory ? 1 : _settings.BatchMax);
        if (changes.Count > 0)
        {
            _current.AddRange(changes);
            BeginChanges(changes);
            return;
        }

        var request = _requests.Take();
        _current.Add(request);
        switch (request.Command)
        {
            case DeclareExchange declare:
                BeginDeclare(declare);
                break;
            case DeleteExchange delete:
                BeginDelete(delete);
                break;
            case DescribeExchange describe:
                Describe(describe, request.Sender);
                break;
            case SubscribeRoutes subscribe:
                Subscribe(subscribe, request.Sender);
                Finish(null);
                break;
            case ListRoutes list:
                List(list, request.Sender);
                break;
            default:
                Unhandled(request.Command);
                Finish(null);
                break;
        }
    }

    /// <summary>Gives what is left of the requests under way the same answer, and turns to the next ones.</summary>
    private void Finish(Refusal? refusal)
    {
        foreach (var request in _current)
            request.Answer(refusal, Self);
        _current.Clear();
        _isBusy = false;
        TakeNext();
    }

    private void RefuseAll(Refusal refusal)
    {
        foreach (var request in _current.Concat(_requests.TakeAll()))
            request.Answer(refusal, Self);
        _current.Clear();
        foreach (var (requestId, sender) in _sourcesInWriting)
            sender.Tell(new BindingSourceAnswered(requestId, refusal, DestinationIsDurable: false), Self);
        _sourcesInWriting.Clear();
    }
}

using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Names;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Forwarding;

/// <content>Finding queues, what they answer, and what happens when their actors go.</content>
internal sealed partial class MessageForwarder
{
    private ForwardLink LinkTo(string queue)
    {
        if (!_links.TryGetValue(queue, out var link))
        {
            link = new ForwardLink(queue);
            _links.Add(queue, link);
        }

        Find(link);
        return link;
    }

    private void Find(ForwardLink link)
    {
        if (link.Actor is null && !link.IsResolving)
        {
            link.IsResolving = true;
            link.ResolvingSince = _services.Clock.GetTimestamp();
            link.ResolveRequest = ++_lastRequest;
            _resolving.Add(link.ResolveRequest, link);
            Ask(link);
        }
    }

    private void Ask(ForwardLink link) =>
        _queues.Tell(new ResolveQueue(new QueueKey(_virtualHost, link.Queue), link.ResolveRequest) { Link = link.Opening }, _self);

    private void OnResolved(QueueResolved resolved)
    {
        // Asked twice, answered twice: only the first answer counts.
        if (_resolving.Remove(resolved.RequestId, out var link))
        {
            _linksByActor[resolved.Actor] = link;
            _watch(resolved.Actor);
            link.HeardAt = _services.Clock.GetTimestamp();
            link.Resolve(resolved, _self, batch => Settle(link, batch, ForwardOutcome.Confirmed), batch => Settle(link, batch, ForwardOutcome.Failed));
        }
    }

    private void OnNotFound(long request, ForwardOutcome outcome, Refusal? refusal)
    {
        if (_resolving.Remove(request, out var link))
        {
            _links.Remove(link.Queue);
            link.Close(
                refusal ?? new Refusal(RefusalReason.Unavailable, $"queue '{link.Queue}' was not found in time"),
                batch => Settle(link, batch, ForwardOutcome.Failed),
                batch => Settle(link, batch, outcome));
        }
    }

    private void OnDone(IActorRef queue, long accepted, long done, ForwardOutcome outcome)
    {
        if (_linksByActor.TryGetValue(queue, out var link))
        {
            link.HeardAt = _services.Clock.GetTimestamp();
            link.Accept(accepted);
            while (link.NextDone(done) is { } batch)
            {
                Settle(link, batch, outcome);
            }
        }
    }

    private void OnRejected(IActorRef queue, PublishRejected rejected)
    {
        if (_linksByActor.TryGetValue(queue, out var link))
        {
            link.RefusePartly(rejected.LinkSequence);
            link.Find(rejected.LinkSequence)?.Reject(rejected.Indexes);
        }
    }

    private void OnMissing(IActorRef queue, PublishMissing missing)
    {
        if (_linksByActor.TryGetValue(queue, out var link))
        {
            link.SendAgain(missing.FirstSequence, _self);
        }
    }

    private void FindSilent()
    {
        foreach (var (actor, link) in _linksByActor.Where(IsSilent).ToArray())
        {
            _linksByActor.Remove(actor);
            link.LoseTouch(batch => Settle(link, batch, ForwardOutcome.Failed));
            Find(link);
        }
    }

    private bool IsSilent(KeyValuePair<IActorRef, ForwardLink> known) =>
        known is { Key: IInternalActorRef { IsLocal: false }, Value.IsIdle: false } && _services.Clock.GetElapsedTime(known.Value.HeardAt) > SilenceLimit;

    private bool OnTerminated(IActorRef actor)
    {
        if (!_linksByActor.Remove(actor, out var link))
        {
            return false;
        }

        link.LoseActor(batch => Settle(link, batch, ForwardOutcome.Failed));
        if (link.IsIdle)
        {
            _links.Remove(link.Queue);
        }
        else
        {
            Find(link);
        }

        return true;
    }
}

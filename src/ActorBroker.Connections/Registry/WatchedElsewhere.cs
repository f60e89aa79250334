using Akka.Actor;

namespace ActorBroker.Connections.Registry;

/// <summary>Which actors of other nodes a connection watches, for when a node goes with all of them; takes nothing on a node by itself.</summary>
internal struct WatchedElsewhere
{
    private HashSet<IActorRef>? _actors;

    public void Add(IActorRef actor)
    {
        if (actor.Path.Address.HasGlobalScope)
        {
            (_actors ??= []).Add(actor);
        }
    }

    /// <summary>One has ended by itself.</summary>
    public readonly void Forget(Terminated? terminated)
    {
        if (terminated is not null)
        {
            _actors?.Remove(terminated.ActorRef);
        }
    }

    /// <summary>Those that were on a node, which are forgotten.</summary>
    public readonly IActorRef[] On(Address node)
    {
        if (_actors is null)
        {
            return [];
        }

        IActorRef[] gone = [.. _actors.Where(actor => actor.Path.Address == node)];
        _actors.ExceptWith(gone);
        return gone;
    }
}

using ActorBroker.Broker.Routing;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Time;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Catalogue;

// The nodes that follow the catalogue, and who else wants to know names.
public sealed partial class CatalogueActor
{
    private readonly FollowerSearch _search;

    // What came while nodes were searched for, but for what those say.
    private readonly Queue<CatalogueRequest> _held = new();
    private WaitLimit _nodeLimit;

    /// <summary>Nodes may still go by what was before this incarnation, so that this has to wait. The first change begins it.</summary>
    private bool AwaitsFollowers(CatalogueCommand command)
    {
        if (_search.IsOver || command is SubscribeNames or ReclaimNames)
            return false;
        if (_search.IsUnderWay)
            return true;
        if (command is ListNames or ListPolicies)
            return false;
        _search.Begin(Context, Timers, _settings.Nodes(Context.System), _nodes.Heard, new FollowNames(_virtualHost));
        return _search.IsUnderWay;
    }

    private void EndSearch()
    {
        while (_held.TryDequeue(out var request))
            _waiting.Enqueue(request);
        if (!_isBusy)
            BeginRound();
    }

    private void TellNodes(List<NameChange> changes, bool policiesChange)
    {
        if (changes.Count > 0)
        {
            foreach (var part in MessageParts.Of(changes))
                _nodes.Tell(version => new NamesChanged(_virtualHost, version, part), Self);
        }

        if (policiesChange)
            _nodes.Tell(version => new PoliciesChanged(_virtualHost, version, _policies), Self);
        _isAwaitingNodes = true;
        _nodeLimit = WaitLimit.Begin(_settings.Clock, _settings.NodeTimeout);
        Timers.StartSingleTimer(NodesDue.Instance, NodesDue.Instance, _settings.NodeTimeout);
        FinishWhenNodesFollow();
    }

    private void OnNodesDue()
    {
        if (_nodeLimit.Left(_settings.Clock) is { Ticks: > 0 } left)
        {
            Timers.StartSingleTimer(NodesDue.Instance, NodesDue.Instance, left);
            return;
        }

        foreach (var node in _nodes.RemoveLaggards())
        {
            _log.Warning("{0}: {1} did not follow in time and has to load the names again", PersistenceId, node);
            Context.Unwatch(node);
            node.Tell(new ReloadNames(_virtualHost), Self);
        }

        FinishWhenNodesFollow();
    }

    private void FinishWhenNodesFollow()
    {
        if (!_isAwaitingNodes || !_nodes.AreCurrent)
            return;
        _isAwaitingNodes = false;
        Timers.Cancel(NodesDue.Instance);
        foreach (var request in _current)
            Answer(request, request.Refusal);
        _current.Clear();
        _isBusy = false;
        if (_waiting.Count > 0)
            BeginRound();
    }

    private void Subscribe(IActorRef node)
    {
        _nodes.Add(node);
        Context.Watch(node);
        var parts = MessageParts.Of(_state.Names).ToList();
        for (var i = 0; i < parts.Count; i++)
        {
            var policies = i == 0 ? _policies : null;
            node.Tell(new NamesSnapshot(_virtualHost, _nodes.Version, parts[i], i == 0, i == parts.Count - 1, policies), Self);
        }
    }

    private void List(ListNames list, IActorRef asker)
    {
        var parts = MessageParts.Of(_state.Names).ToList();
        for (var i = 0; i < parts.Count; i++)
            asker.Tell(new NamesListed(list.RequestId, _virtualHost, parts[i], i == parts.Count - 1), Self);
    }

    private sealed record NodesDue : INoSerializationVerificationNeeded
    {
        public static NodesDue Instance { get; } = new();
    }
}

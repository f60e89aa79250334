using ActorBroker.Broker.Routing;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Time;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Broker.Catalogue;

// The nodes that follow the catalogue, and who else wants to know names.
public sealed partial class CatalogueActor
{
    private WaitLimit _nodeLimit;

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
}

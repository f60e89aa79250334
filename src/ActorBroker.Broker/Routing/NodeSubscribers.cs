using Akka.Actor;

namespace ActorBroker.Broker.Routing;

/// <summary>
/// The nodes that follow an entity's state, and how far each has come. The entity numbers what it tells them; a node
/// acknowledges by that number. Part of an actor, which watches the nodes.
/// </summary>
internal sealed class NodeSubscribers
{
    private readonly Dictionary<IActorRef, long> _applied = [];
    private readonly HashSet<IActorRef> _heard = [];

    /// <summary>The number of what was told last.</summary>
    public long Version { get; private set; }

    /// <summary>The nodes.</summary>
    public IReadOnlyCollection<IActorRef> All => _applied.Keys;

    /// <summary>Those that have said so of what they were told since they were added, the snapshot included.</summary>
    public IReadOnlyCollection<IActorRef> Heard => _heard;

    /// <summary>Every node has applied what was told last.</summary>
    public bool AreCurrent => _applied.Values.All(version => version == Version);

    /// <summary>The version that every node has come to.</summary>
    public long Followed => _applied.Count == 0 ? Version : _applied.Values.Min();

    /// <summary>A node that is about to get a snapshot of the current version.</summary>
    public void Add(IActorRef node)
    {
        _applied[node] = Version;
        _heard.Remove(node);
    }

    /// <summary>A node that is gone, or follows no longer.</summary>
    public bool Remove(IActorRef node)
    {
        _heard.Remove(node);
        return _applied.Remove(node);
    }

    /// <summary>Forgets all nodes.</summary>
    public void Clear()
    {
        _applied.Clear();
        _heard.Clear();
    }

    /// <summary>What a node says it has applied; out-of-date or unknown answers say nothing.</summary>
    public void MarkApplied(IActorRef node, long version)
    {
        if (!_applied.TryGetValue(node, out var before) || version < before || version > Version)
            return;
        _applied[node] = version;
        _heard.Add(node);
    }

    /// <summary>Tells all nodes the message of the next version.</summary>
    public void Tell(Func<long, object> messageOfVersion, IActorRef sender)
    {
        var message = messageOfVersion(++Version);
        foreach (var node in _applied.Keys)
            node.Tell(message, sender);
    }

    /// <summary>Takes off and returns the nodes that have not applied what was told last.</summary>
    public IReadOnlyList<IActorRef> RemoveLaggards()
    {
        var laggards = _applied.Where(entry => entry.Value < Version).Select(entry => entry.Key).ToList();
        foreach (var node in laggards)
            Remove(node);
        return laggards;
    }
}

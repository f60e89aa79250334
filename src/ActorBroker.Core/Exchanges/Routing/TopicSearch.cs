namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// A walk through a topic trie with all nodes at once that the words so far have led to. Each node is held once, so
/// that a pattern of many <c>#</c> costs at most words times nodes: a search that follows each way by itself takes
/// exponentially many. For one thread; reused without allocation.
/// </summary>
internal sealed class TopicSearch
{
    private readonly HashSet<TopicNode> _reached = [];
    private List<TopicNode> _current = [];
    private List<TopicNode> _next = [];

    public void Start(TopicNode root)
    {
        _next.Clear();
        Reach(root);
        Advance();
    }

    public void Step(ReadOnlySpan<char> word)
    {
        foreach (var node in _current)
        {
            if (node.IsHash)
                Reach(node);
            if (node.Child(word) is { } child)
                Reach(child);
            if (node.Star is { } star)
                Reach(star);
        }

        Advance();
    }

    /// <summary>Appends the targets of all patterns that match, and lets go of the trie.</summary>
    public void Finish(List<RouteTarget> matched)
    {
        foreach (var node in _current)
            node.Targets?.CopyTo(matched);
        _current.Clear();
    }

    private void Reach(TopicNode? node)
    {
        // A hash that is reached may stand for no word at all, so what follows it is reached too.
        for (; node is not null; node = node.Hash)
        {
            // Without a hash on its way a node can be reached in one way only, and need not be looked up.
            if (node.IsBelowHash && !_reached.Add(node))
                return;
            _next.Add(node);
        }
    }

    private void Advance()
    {
        (_current, _next) = (_next, _current);
        _next.Clear();
        _reached.Clear();
    }
}

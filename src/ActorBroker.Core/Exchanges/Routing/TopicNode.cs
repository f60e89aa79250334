using System.Collections.Concurrent;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// A node of a topic router's trie: the words of a pattern on the way from the root lead to it. Readers follow it
/// beside one writer; a node that is taken off the trie stays readable for those who are on it.
/// </summary>
internal sealed class TopicNode
{
    private readonly TopicNode? _parent;
    private readonly string _word;

    // Most nodes have one child: a dictionary comes with the second. Once there is one it alone counts, but the first
    // child stays where it was, for readers that looked for the dictionary just before it came.
    private volatile TopicNode? _firstChild;
    private volatile ConcurrentDictionary<string, TopicNode>? _children;
    private volatile TopicNode? _star;
    private volatile TopicNode? _hash;
    private volatile TargetSet? _targets;

    private TopicNode(TopicNode? parent, string word, bool isHash)
    {
        _parent = parent;
        _word = word;
        IsHash = isHash;
        IsBelowHash = isHash || parent is { IsBelowHash: true };
    }

    /// <summary>The node's own word is <c>#</c>: it stays matched whatever words follow.</summary>
    public bool IsHash { get; }

    /// <summary>There is a <c>#</c> on the way from the root, so that the node can be reached in more than one way.</summary>
    public bool IsBelowHash { get; }

    public TopicNode? Star => _star;

    public TopicNode? Hash => _hash;

    public TargetSet? Targets => _targets;

    public static TopicNode Root() => new(null, string.Empty, isHash: false);

    /// <summary>The child for a word that is meant literally.</summary>
    public TopicNode? Child(ReadOnlySpan<char> word)
    {
        var children = _children;
        if (children is not null)
            return children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var found) ? found : null;
        var first = _firstChild;
        return first is not null && word.SequenceEqual(first._word) ? first : null;
    }

    /// <summary>The child for a word of a pattern.</summary>
    public TopicNode? PatternChild(ReadOnlySpan<char> word) => word switch
    {
        "*" => _star,
        "#" => _hash,
        _ => Child(word),
    };

    public TopicNode GetOrAddPatternChild(ReadOnlySpan<char> word)
    {
        if (PatternChild(word) is { } there)
            return there;
        var child = new TopicNode(this, word.ToString(), word is "#");
        switch (word)
        {
            case "*":
                _star = child;
                break;
            case "#":
                _hash = child;
                break;
            default:
                AddLiteral(child);
                break;
        }

        return child;
    }

    public TargetSet GetOrAddTargets() => _targets ??= new TargetSet();

    /// <summary>Takes the node off the trie if nothing is left of it, and so up to the root.</summary>
    public void Prune()
    {
        if (_targets is { IsEmpty: true })
            _targets = null;
        if (_parent is null || _targets is not null || HasChildren)
            return;
        _parent.RemoveChild(this);
        _parent.Prune();
    }

    private bool HasChildren => _star is not null || _hash is not null || (_children is { } children ? !children.IsEmpty : _firstChild is not null);

    private void AddLiteral(TopicNode child)
    {
        if (_children is { } children)
        {
            children[child._word] = child;
        }
        else if (_firstChild is not { } first)
        {
            _firstChild = child;
        }
        else
        {
            _children = new ConcurrentDictionary<string, TopicNode>(concurrencyLevel: 1, capacity: 4, StringComparer.Ordinal)
            {
                [first._word] = first,
                [child._word] = child,
            };
        }
    }

    private void RemoveChild(TopicNode child)
    {
        if (ReferenceEquals(_star, child))
        {
            _star = null;
        }
        else if (ReferenceEquals(_hash, child))
        {
            _hash = null;
        }
        else
        {
            _children?.TryRemove(child._word, out _);
            if (ReferenceEquals(_firstChild, child))
                _firstChild = null;
        }
    }
}

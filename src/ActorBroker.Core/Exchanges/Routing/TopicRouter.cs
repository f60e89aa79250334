namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// A topic exchange (AMQP 0-9-1 §3.1.3.3): words separated by dots; <c>*</c> in a pattern stands for one word,
/// <c>#</c> for any number of words, none included. An empty key has no words, and words may be empty, as in RabbitMQ.
/// </summary>
public sealed class TopicRouter : Router
{
    private readonly TopicNode _root = TopicNode.Root();

    /// <inheritdoc/>
    public override void Add(Binding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var node = _root;
        foreach (var word in new TopicWords(binding.RoutingKey))
            node = node.GetOrAddPatternChild(word);
        node.GetOrAddTargets().Add(binding.Destination);
    }

    /// <inheritdoc/>
    public override void Remove(Binding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var node = _root;
        foreach (var word in new TopicWords(binding.RoutingKey))
        {
            if (node.PatternChild(word) is not { } child)
                return;
            node = child;
        }

        node.Targets?.Remove(binding.Destination);
        node.Prune();
    }

    /// <inheritdoc/>
    public override void Match(ref RoutedMessage message, RouteMatches matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        Match(message.RoutingKey, matches);
        foreach (var key in message.MoreKeys)
            Match(key, matches);
    }

    private void Match(string routingKey, RouteMatches matches)
    {
        var search = matches.TopicSearch;
        search.Start(_root);
        foreach (var word in new TopicWords(routingKey))
            search.Step(word);
        search.Finish(matches.Targets);
    }
}

/// <summary>The words of a routing key or pattern: none of an empty one, else what the dots separate.</summary>
internal ref struct TopicWords
{
    private ReadOnlySpan<char> _rest;
    private bool _more;

    public TopicWords(ReadOnlySpan<char> text)
    {
        _rest = text;
        _more = !text.IsEmpty;
        Current = default;
    }

    public ReadOnlySpan<char> Current { get; private set; }

    public readonly TopicWords GetEnumerator() => this;

    public bool MoveNext()
    {
        if (!_more)
            return false;
        var dot = _rest.IndexOf('.');
        _more = dot >= 0;
        Current = _more ? _rest[..dot] : _rest;
        _rest = _more ? _rest[(dot + 1)..] : default;
        return true;
    }
}

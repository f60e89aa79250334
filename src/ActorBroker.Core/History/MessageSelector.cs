using System.Diagnostics;
using System.Text;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Streams;

namespace ActorBroker.Core.History;

/// <summary>
/// Tells the messages that are wanted from the others: patterns and headers are compared as exchanges compare them, filter
/// values as streams do. For one thread.
/// </summary>
public sealed class MessageSelector
{
    private readonly MessageCriteria _criteria;
    private readonly MessageFormats _formats;
    private readonly TopicRouter? _pattern;
    private readonly HeadersPattern? _headers;
    private readonly StreamFilter? _filter;
    private readonly (string Name, string Value)[] _properties;
    private readonly byte[]? _text;
    private readonly RouteMatches _matches = new();

    // Messages that follow each other mostly share their route.
    private MessageRoute? _route;
    private bool _isRouteWanted;

    /// <summary>Reads the criteria once.</summary>
    /// <param name="criteria">Has been checked.</param>
    /// <param name="formats">Reads the messages' properties.</param>
    public MessageSelector(MessageCriteria criteria, MessageFormats formats)
    {
        ArgumentNullException.ThrowIfNull(criteria);
        _criteria = criteria;
        _formats = formats;
        if (criteria.RoutingKey is { } pattern)
        {
            _pattern = new TopicRouter();
            _pattern.Add(new Binding(Destination.Queue(string.Empty), pattern, ArgumentTable.Empty));
        }

        _headers = criteria.Headers.Count > 0 ? PatternOf(criteria.Headers) : null;
        _filter = criteria.FilterValues.Count > 0 ? new StreamFilter(criteria.FilterValues, criteria.MatchUnfiltered, formats) : null;
        _properties = [.. Properties(criteria)];
        _text = criteria.Text is { } text ? Encoding.UTF8.GetBytes(text) : null;
    }

    /// <summary>The message is wanted.</summary>
    public bool Selects(MessageView message, MessageRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return IsWanted(route) && _filter?.Matches(message) != false && HasProperties(message) && HasHeaders(message) && HasText(message);
    }

    private static IEnumerable<(string Name, string Value)> Properties(MessageCriteria criteria)
    {
        (string Name, string? Value)[] named =
        [
            ("type", criteria.Type),
            ("app_id", criteria.AppId),
            ("correlation_id", criteria.CorrelationId),
            ("message_id", criteria.MessageId),
        ];
        foreach (var (name, value) in named)
        {
            if (value is not null)
            {
                yield return (name, value);
            }
        }
    }

    private static HeadersPattern PatternOf(ArgumentTable headers)
    {
        var arguments = new ArgumentTable.Builder().Add(HeadersPattern.MatchArgument, ArgumentValue.FromString("all-with-x"));
        foreach (var (name, value) in headers)
        {
            arguments.Add(name, value);
        }

        return HeadersPattern.TryParse(arguments.Build(), out var pattern, out var error) ? pattern : throw new UnreachableException(error);
    }

    private bool IsWanted(MessageRoute route)
    {
        if (!ReferenceEquals(route, _route))
        {
            _route = route;
            _isRouteWanted = (_criteria.Exchange is null || _criteria.Exchange == route.Exchange) && HasPattern(route);
        }

        return _isRouteWanted;
    }

    private bool HasPattern(MessageRoute route)
    {
        if (_pattern is null)
        {
            return true;
        }

        _matches.Targets.Clear();
        var routed = new RoutedMessage(route.RoutingKey, ArgumentTable.Empty);
        _pattern.Match(ref routed, _matches);
        return _matches.Targets.Count > 0;
    }

    private bool HasProperties(MessageView message)
    {
        foreach (var (name, value) in _properties)
        {
            if (_formats[message.Format].ReadProperty(message.Properties, name) != value)
            {
                return false;
            }
        }

        return true;
    }

    private bool HasText(MessageView message) => _text is null || message.Body.IndexOf(_text) >= 0;

    private bool HasHeaders(MessageView message) =>
        _headers is null || _headers.Matches(_formats[message.Format].ReadHeaders(message.Properties));
}

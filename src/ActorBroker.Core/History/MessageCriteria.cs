using ActorBroker.Core.Arguments;
using ActorBroker.Core.Exchanges.Routing;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Core.History;

/// <summary>Which messages of a history are wanted: those to which everything applies that is given.</summary>
/// <param name="RoutingKey">The routing key matches this pattern of a topic exchange.</param>
/// <param name="Exchange">It was published to this exchange; empty for the default one.</param>
/// <param name="Headers">It has all these headers with these values; a void value asks only that the header is there.</param>
/// <param name="Type">The property type is this.</param>
/// <param name="AppId">The property app-id is this.</param>
/// <param name="CorrelationId">The property correlation-id is this.</param>
/// <param name="MessageId">The property message-id is this.</param>
/// <param name="FilterValues">Its header x-stream-filter-value is one of these; none for any.</param>
/// <param name="MatchUnfiltered">With <paramref name="FilterValues"/>: or it has no such header.</param>
public sealed record MessageCriteria(
    string? RoutingKey,
    string? Exchange,
    ArgumentTable Headers,
    string? Type,
    string? AppId,
    string? CorrelationId,
    string? MessageId,
    IReadOnlyList<string> FilterValues,
    bool MatchUnfiltered)
{
    private const int ValuesMax = 256;
    private const int TextMax = 4096;

    /// <summary>The body holds this text, byte for byte in UTF-8; null for any body.</summary>
    public string? Text { get; init; }

    /// <summary>Every message.</summary>
    public static MessageCriteria None { get; } = new(null, null, ArgumentTable.Empty, null, null, null, null, [], false);

    /// <summary>Nothing is asked for.</summary>
    public bool IsNone =>
        RoutingKey is null && Exchange is null && Headers.Count == 0 && FilterValues.Count == 0
        && Type is null && AppId is null && CorrelationId is null && MessageId is null && Text is null;

    /// <summary>Why the criteria cannot be used; null when they can.</summary>
    public Refusal? Check()
    {
        if (Headers.Count > ValuesMax || FilterValues.Count > ValuesMax)
        {
            return Refuse($"at most {ValuesMax} headers and {ValuesMax} filter values can be asked for");
        }

        if (Headers.ContainsKey(HeadersPattern.MatchArgument))
        {
            return Refuse($"the header {HeadersPattern.MatchArgument} cannot be asked for");
        }

        if (Text?.Length > TextMax)
        {
            return Refuse($"a text to look for has at most {TextMax} characters");
        }

        return RoutingKey?.Length > byte.MaxValue
            ? Refuse($"a pattern for routing keys has at most {byte.MaxValue} characters")
            : null;
    }

    /// <summary>The arguments by which a consumer of the history is not given some of what is not wanted.</summary>
    public void AddTo(ArgumentTable.Builder arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (FilterValues.Count > 0)
        {
            arguments.Add("x-stream-filter", ArgumentValue.FromArray([.. FilterValues.Select(static value => ArgumentValue.FromString(value))]));
            arguments.Add("x-stream-match-unfiltered", ArgumentValue.FromBoolean(MatchUnfiltered));
        }
    }

    private static Refusal Refuse(string text) => new(RefusalReason.PreconditionFailed, text);
}

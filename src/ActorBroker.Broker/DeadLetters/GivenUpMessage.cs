using ActorBroker.Broker.Forwarding;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.DeadLetters;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Broker.DeadLetters;

/// <summary>
/// A message that a queue has given up, on its way to the exchange that takes it: with its death in its headers, or,
/// from the stage of an exchange, as it was published.
/// </summary>
internal sealed class GivenUpMessage : ForwardedMessage
{
    /// <summary>The header of a message that may be in a target twice, because the first time was not seen to its end.</summary>
    public const string RepeatedHeader = "x-dead-letter-repeated";

    private readonly MessageBatch _batch;
    private readonly int _index;
    private readonly DeathReason _reason;
    private readonly long _diedAt;
    private ArgumentTable? _history;

    private GivenUpMessage(MessageBatch batch, int index, long position, DeathReason reason, long diedAt)
    {
        _batch = batch;
        _index = index;
        _reason = reason;
        _diedAt = diedAt;
        Position = position;
    }

    /// <summary>The message's position in its queue.</summary>
    public long Position { get; }

    /// <summary>An earlier attempt may have arrived without being seen to.</summary>
    public bool IsRepeated { get; set; }

    /// <inheritdoc/>
    public override string? UnstagedExchange => _history is null ? Exchange.Name : null;

    /// <summary>The messages of a segment.</summary>
    /// <param name="segment">What the queue gave up.</param>
    /// <param name="diedAt">When, in seconds of Unix time.</param>
    public static IEnumerable<GivenUpMessage> Of(DeadLetterSegment segment, long diedAt)
    {
        var messages = segment.Messages;
        for (var i = 0; i < messages.Count; i++)
        {
            var view = messages.Batch[messages.StartIndex + i];
            yield return new GivenUpMessage(messages.Batch, messages.StartIndex + i, messages.FirstPosition + i, segment.Reason, diedAt)
            {
                Format = view.Format,
                Priority = view.Priority,
                Body = messages.Batch.BodyOf(messages.StartIndex + i),
                IsRepeated = segment.IsRepeated,
            };
        }
    }

    /// <inheritdoc/>
    public override bool Admits(string queue) => _history is null || !DeathHistory.IsCycle(_history, queue);

    /// <summary>Gives the message the form in which it goes to the target; to be called before it is forwarded, each time.</summary>
    public void Address(QueueKey queue, DeadLetterTarget target, MessageFormats formats)
    {
        var view = _batch[_index];
        var format = formats[view.Format];
        var headers = format.ReadHeaders(view.Properties);
        var route = _batch.RouteOf(_index);
        Exchange = new ExchangeKey(queue.VirtualHost, target.Exchange);
        if (target.Stage is { } stage)
        {
            Stay(route, headers);
            Rewrite(view, format, stage.Kind == StageKind.Delay ? Elapsed(headers) : ArgumentTable.Empty, [], dropExpiration: false);
            return;
        }

        var copies = CarbonCopies.Of(headers);
        var death = new Death(
            queue.Name, _reason, route.Exchange, [ArgumentValue.FromString(route.RoutingKeyUtf8), .. copies], _diedAt,
            format.ReadExpiration(view.Properties));
        _history = DeathHistory.Record(headers, death);
        if (target.RoutingKey is { } key)
        {
            Route = MessageRoute.Create(target.Exchange, key);
            RoutingKey = key;
            MoreKeys = null;
            Rewrite(view, format, _history, [CarbonCopies.Header], dropExpiration: true);
        }
        else
        {
            Stay(route, headers);
            Route = MessageRoute.Create(System.Text.Encoding.UTF8.GetBytes(target.Exchange), route.RoutingKeyUtf8);
            Rewrite(view, format, _history, [], dropExpiration: true);
        }
    }

    private void Stay(MessageRoute route, ArgumentTable headers)
    {
        Route = route;
        RoutingKey = route.RoutingKey;
        MoreKeys = CarbonCopies.KeysOf(headers);
    }

    private void Rewrite(MessageView view, IMessageFormat format, ArgumentTable set, string[] remove, bool dropExpiration)
    {
        if (IsRepeated)
        {
            var marked = new ArgumentTable.Builder();
            foreach (var (name, value) in set)
            {
                marked.Add(name, value);
            }

            set = marked.Add(RepeatedHeader, ArgumentValue.FromBoolean(true)).Build();
        }

        Properties = format.Rewrite(view.Properties, new PropertiesChange(set, remove, dropExpiration));
        Flags = (view.Flags | (set.Count > 0 ? MessageFlags.HasHeaders : 0)) & ~(dropExpiration ? MessageFlags.Expires : 0);
    }

    private static ArgumentTable Elapsed(ArgumentTable headers) =>
        headers.TryGetValue(Stage.DelayHeader, out var delay) ? ArgumentTable.Of((Stage.DelayHeader, Stage.Elapsed(delay))) : ArgumentTable.Empty;
}

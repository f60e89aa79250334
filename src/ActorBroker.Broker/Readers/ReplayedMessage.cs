using System.Text;
using ActorBroker.Broker.Forwarding;
using ActorBroker.Contracts.Queues;
using ActorBroker.Core.Arguments;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Readers;

/// <summary>
/// A message of a history on its way to where it is replayed to: with its properties and body, and headers that say where
/// it comes from. A queue gets it with the exchange and key that it was published with; an exchange routes it as if it
/// had just been published there.
/// </summary>
internal sealed class ReplayedMessage : ForwardedMessage
{
    /// <summary>The name of the queue whose history it comes from.</summary>
    public const string QueueHeader = "x-replayed-from-queue";

    /// <summary>Its position there: the same message again has the same one.</summary>
    public const string PositionHeader = "x-replayed-position";

    /// <summary>Which replay it came by.</summary>
    public const string ReplayHeader = "x-replay-id";

    /// <summary>The exchange that it was published to, where another one routes it now.</summary>
    public const string ExchangeHeader = "x-replayed-from-exchange";

    /// <summary>The key that it was published with, where an exchange routes it now.</summary>
    public const string RoutingKeyHeader = "x-replayed-routing-key";

    private ReplayedMessage(long position, int sourceLength)
    {
        Position = position;
        SourceLength = sourceLength;
    }

    /// <summary>Its position in the history.</summary>
    public long Position { get; }

    /// <summary>What it was accounted for when it was read.</summary>
    public int SourceLength { get; }

    /// <summary>Nothing more is to be done for it.</summary>
    public bool IsDone { get; set; }

    /// <summary>A message of a segment that a history gave.</summary>
    /// <param name="replay">What it is replayed by.</param>
    /// <param name="segment">Holds the message.</param>
    /// <param name="i">Where in the segment.</param>
    /// <param name="isAlone">Few of the segment's messages are wanted: it must not hold the others in memory.</param>
    /// <param name="formats">Reads and rewrites its properties.</param>
    /// <param name="isCopy">It says where it comes from; false for one that leaves its queue by this.</param>
    public static ReplayedMessage Of(ReplayMessages replay, DeliverySegment segment, int i, bool isAlone, MessageFormats formats, bool isCopy = true)
    {
        var index = segment.StartIndex + i;
        var view = segment.Batch[index];
        var route = segment.Batch.RouteOf(index);
        var format = formats[view.Format];
        var message = new ReplayedMessage(segment.FirstPosition + i, view.RecordLength)
        {
            Format = view.Format,
            Priority = view.Priority,
            Body = isAlone ? view.Body.ToArray() : segment.Batch.BodyOf(index),
            Flags = isCopy ? view.Flags | MessageFlags.HasHeaders : view.Flags,
        };
        var headers = new ArgumentTable.Builder()
            .Add(QueueHeader, ArgumentValue.FromString(replay.Queue.Name))
            .Add(PositionHeader, ArgumentValue.FromInt64(message.Position))
            .Add(ReplayHeader, ArgumentValue.FromString(replay.ReplayId));
        var virtualHost = replay.Queue.VirtualHost;
        if (replay.Destination.Kind == DestinationKind.Queue)
        {
            message.Exchange = new ExchangeKey(virtualHost, string.Empty);
            message.RoutingKey = replay.Destination.Name;
            message.Route = route;
        }
        else
        {
            headers
                .Add(ExchangeHeader, ArgumentValue.FromString(route.ExchangeUtf8))
                .Add(RoutingKeyHeader, ArgumentValue.FromString(route.RoutingKeyUtf8));
            message.Exchange = new ExchangeKey(virtualHost, replay.Destination.Name);
            message.RoutingKey = replay.RoutingKey ?? route.RoutingKey;
            message.Route = MessageRoute.Create(
                Encoding.UTF8.GetBytes(replay.Destination.Name),
                replay.RoutingKey is { } key ? Encoding.UTF8.GetBytes(key) : route.RoutingKeyUtf8);
            message.MoreKeys = replay.RoutingKey is null ? CarbonCopies.KeysOf(format.ReadHeaders(view.Properties)) : null;
        }

        // Whoever gives a key means that key alone.
        string[] removed = replay.RoutingKey is null ? [] : [CarbonCopies.Header];
        message.Properties = isCopy || removed.Length > 0
            ? format.Rewrite(view.Properties, new PropertiesChange(isCopy ? headers.Build() : ArgumentTable.Empty, removed, DropExpiration: false))
            : view.Properties.ToArray();
        return message;
    }
}

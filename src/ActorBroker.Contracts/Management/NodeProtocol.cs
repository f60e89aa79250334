using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Management;

/// <summary>What a node can be asked.</summary>
public enum NodeQuestion
{
    /// <summary>How its process does.</summary>
    Node = 0,

    /// <summary>What has passed and what there is, by virtual host, and how its process does.</summary>
    Totals = 1,

    /// <summary>Its queues.</summary>
    Queues = 2,

    /// <summary>What was published through it to exchanges.</summary>
    Exchanges = 3,

    /// <summary>Connections to it.</summary>
    Connections = 4,

    /// <summary>Channels of those.</summary>
    Channels = 5,

    /// <summary>Consumers of those.</summary>
    Consumers = 6,

    /// <summary>To end a connection.</summary>
    CloseConnection = 7,

    /// <summary>To forget the logins that it has counted.</summary>
    ForgetLogins = 8,

    /// <summary>To forget what its figures were before.</summary>
    ForgetSamples = 9,

    /// <summary>What has passed between a queue and channels, and exchanges.</summary>
    PairsOfQueue = 10,

    /// <summary>What has passed between an exchange and channels, and queues.</summary>
    PairsOfExchange = 11,

    /// <summary>What has passed between a channel and exchanges, and queues.</summary>
    PairsOfChannel = 12,

    /// <summary>What has passed between channels, exchanges and queues.</summary>
    Pairs = 13,
}

/// <summary>From one node's view to the agent of another. Answered by <see cref="NodeAnswered"/>.</summary>
/// <param name="RequestId">Of the asker's choosing.</param>
/// <param name="Question">What is asked.</param>
public sealed record AskNode(long RequestId, NodeQuestion Question) : IBrokerMessage
{
    /// <summary>Only what is in there; null for all.</summary>
    public string? VirtualHost { get; init; }

    /// <summary>Only the one of this name; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>Why a connection is ended.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>The history that is wanted; null for none.</summary>
    public SampleRange? Samples { get; init; }
}

/// <summary>The answer to <see cref="AskNode"/>.</summary>
/// <param name="RequestId">As asked.</param>
/// <param name="Report">A <see cref="NodeReport"/> as <see cref="ManagementJson"/> writes it.</param>
public sealed record NodeAnswered(long RequestId, ReadOnlyMemory<byte> Report) : IBrokerMessage;

/// <summary>What a node answers: of its lists that one which was asked for, the others are empty.</summary>
public sealed record NodeReport
{
    /// <summary>Queues.</summary>
    public IReadOnlyList<QueueInfo> Queues { get; init; } = [];

    /// <summary>Connections.</summary>
    public IReadOnlyList<ConnectionInfo> Connections { get; init; } = [];

    /// <summary>Channels.</summary>
    public IReadOnlyList<ChannelInfo> Channels { get; init; } = [];

    /// <summary>Consumers.</summary>
    public IReadOnlyList<ConsumerInfo> Consumers { get; init; } = [];

    /// <summary>What was published to exchanges.</summary>
    public IReadOnlyList<ExchangeFigures> Exchanges { get; init; } = [];

    /// <summary>Channels, exchanges and queues together.</summary>
    public IReadOnlyList<PairInfo> Pairs { get; init; } = [];

    /// <summary>Virtual hosts.</summary>
    public IReadOnlyList<VirtualHostInfo> VirtualHosts { get; init; } = [];

    /// <summary>What has happened to messages, by the type of queue.</summary>
    public IReadOnlyList<QueueTypeFigures> QueueTypes { get; init; } = [];

    /// <summary>What clients have done, by their protocol.</summary>
    public IReadOnlyList<ProtocolFigures> Protocols { get; init; } = [];

    /// <summary>As of <see cref="NodeInfo.Churn"/>, with its history.</summary>
    public IReadOnlyList<Figure> Churn { get; init; } = [];

    /// <summary>The node itself.</summary>
    public NodeInfo? Node { get; init; }

    /// <summary>A connection was told to end.</summary>
    public bool HasClosed { get; init; }
}

/// <summary>What has happened to the messages of all queues of a type, those that are no more included.</summary>
/// <param name="Type">The type.</param>
/// <param name="MessageStats">As of a queue.</param>
public sealed record QueueTypeFigures(QueueType Type, IReadOnlyList<Figure> MessageStats)
{
    /// <summary>Messages that queues have given up, and those that have arrived: what did not happen is left out.</summary>
    public IReadOnlyList<DeadLetterFigure> DeadLetters { get; init; } = [];
}

/// <summary>Messages that queues have given up.</summary>
/// <param name="Strategy">disabled, for queues without a dead letter exchange; at_most_once, at_least_once.</param>
/// <param name="Reason">maxlen, expired, rejected, delivery_limit; confirmed for those that have arrived.</param>
/// <param name="Count">How many.</param>
public sealed record DeadLetterFigure(string Strategy, string Reason, long Count);

/// <summary>What clients of one protocol have done, those that are no more included.</summary>
/// <param name="Protocol">amqp091, akka.</param>
/// <param name="MessageStats">As of a channel, and publish_confirm: messages published on channels that confirm.</param>
/// <param name="Publishers">Open channels that something was published on.</param>
/// <param name="Consumers">Consumers.</param>
public sealed record ProtocolFigures(string Protocol, IReadOnlyList<Figure> MessageStats, int Publishers, int Consumers)
{
    /// <summary>How large published messages were.</summary>
    public MessageSizeFigures Sizes { get; init; } = MessageSizeFigures.None;
}

/// <summary>How large published messages were, by their bodies.</summary>
/// <param name="Counts">In the order of <see cref="Core.Statistics.MessageSizes.Bounds"/>, each range by itself; then what is larger.</param>
/// <param name="SumBytes">All of them.</param>
public sealed record MessageSizeFigures(IReadOnlyList<long> Counts, long SumBytes)
{
    /// <summary>Of no messages.</summary>
    public static MessageSizeFigures None { get; } = new(new long[Core.Statistics.MessageSizes.CountsLength], 0);
}

/// <summary>What was published to an exchange.</summary>
/// <param name="Exchange">The exchange.</param>
/// <param name="MessageStats">publish_in, publish_out.</param>
public sealed record ExchangeFigures(ExchangeKey Exchange, IReadOnlyList<Figure> MessageStats)
{
    /// <summary>confirm, return_unroutable, drop_unroutable; of channels that the node had room to tell apart.</summary>
    public IReadOnlyList<Figure> Outcomes { get; init; } = [];
}

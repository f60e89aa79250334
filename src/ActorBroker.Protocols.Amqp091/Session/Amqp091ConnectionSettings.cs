namespace ActorBroker.Protocols.Amqp091.Session;

/// <summary>What a listener's connections offer and bear. Sizes are bytes.</summary>
public sealed record Amqp091ConnectionSettings
{
    /// <summary>The largest frame offered in connection.tune, the eight bytes around its payload included.</summary>
    public int FrameMax { get; init; } = 131_072;

    /// <summary>The largest frame of a client that is not authenticated yet.</summary>
    public int InitialFrameMax { get; init; } = 8_192;

    /// <summary>Most channels open at a time.</summary>
    public ushort ChannelMax { get; init; } = 2_047;

    /// <summary>The heartbeat interval offered; the client may choose any other. 0 offers none.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may take from the first byte to connection.open, and to answer a connection.close.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest message body.</summary>
    public int MessageSizeMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Most consumers of one channel; 0 for no limit.</summary>
    public int ConsumersPerChannelMax { get; init; }

    /// <summary>Most bytes of deliveries on their way to one consumer.</summary>
    public int ConsumerWindowBytes { get; init; } = 1024 * 1024;

    /// <summary>Frames kept for a channel whose broker answer is outstanding; past it the connection takes no more input.</summary>
    public int ChannelBacklogBytesMax { get; init; } = 256 * 1024;

    /// <summary>As <see cref="ChannelBacklogBytesMax"/>, for all channels together.</summary>
    public int ConnectionBacklogBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Content that has arrived of messages that are not complete, on all channels of a connection.</summary>
    public long UnfinishedContentBytesMax { get; init; } = 128 * 1024 * 1024;

    /// <summary>Messages of transactions that are not committed, on all channels of a connection.</summary>
    public long UncommittedBytesMax { get; init; } = 128 * 1024 * 1024;

    /// <summary>Replies not yet sent; past it the connection takes no more input.</summary>
    public int ReplyBacklogBytesMax { get; init; } = 1024 * 1024;

    /// <summary>SASL mechanisms that are offered; EXTERNAL only to a client whose certificate says who it is.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = ["PLAIN", "AMQPLAIN"];

    /// <summary>Whom a client is taken for that comes by ANONYMOUS.</summary>
    public string AnonymousUser { get; init; } = "";

    /// <summary>The product by which clients recognise what they may use (kombu and others compare it).</summary>
    public string Product { get; init; } = "RabbitMQ";

    /// <summary>The version that clients compare, of <see cref="Product"/>.</summary>
    public string Version { get; init; } = "4.3.0";

    /// <summary>The cluster's name.</summary>
    public Func<string> ClusterName { get; init; } = static () => "actorbroker";

    /// <summary>What this broker really is, whatever <see cref="Product"/> says.</summary>
    public string ActorBrokerVersion { get; init; } = "0.1.0";

    /// <summary>What the broker runs on.</summary>
    public string Platform { get; init; } = ".NET";
}

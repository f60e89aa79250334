using ActorBroker.Core.Statistics;

namespace ActorBroker.Contracts.Statistics;

/// <summary>What there is on a node and what it does: counted where it happens, looked at by those who are asked.</summary>
public sealed class NodeStatistics
{
    /// <summary>
    /// How RabbitMQ names what its own parts speak, in place of clients: its management publishes and gets by it, and both
    /// count it as AMQP 0-9-1.
    /// </summary>
    public const string LocalProtocol = "Direct 0-9-1";

    /// <summary>
    /// Pairs of channels, exchanges and queues that are kept: about 300 bytes each, and where something happens to them
    /// some rows of what they were. What comes above that is not told apart.
    /// </summary>
    public const int PairsMax = 50_000;

    private volatile bool _isKept;

    /// <summary>Of a node that has just started.</summary>
    /// <param name="isKept">
    /// Somebody may ask at any time. Where nobody has asked yet, what costs memory is left out: connections and queues enter
    /// with the first question (<see cref="FiguresWanted"/>), and count from then on.
    /// </param>
    /// <param name="pairsMax">So many pairs of channels, exchanges and queues are kept.</param>
    public NodeStatistics(bool isKept, int pairsMax = PairsMax)
    {
        _isKept = isKept;
        Pairs = new PairLimit(pairsMax);
        Connections = new ConnectionRegister(Pairs);
    }

    /// <summary>Nobody asks.</summary>
    public static NodeStatistics None { get; } = new(isKept: false);

    /// <summary>Somebody asks. Any thread; once it is so it stays so.</summary>
    public bool IsKept => _isKept;

    /// <summary>A protocol, which clients name in their own way, as figures are labelled by it.</summary>
    public static string LabelOf(string protocol) => protocol switch
    {
        "AMQP 0-9-1" => "amqp091",
        "Akka.Remote" => "akka",
        LocalProtocol => "amqp091",
        _ => protocol,
    };

    /// <summary>Clients' connections.</summary>
    public ConnectionRegister Connections { get; }

    /// <summary>Queues.</summary>
    public QueueRegister Queues { get; } = new();

    /// <summary>Room for pairs of channels, exchanges and queues.</summary>
    public PairLimit Pairs { get; }

    /// <summary>Logins, counted from the start.</summary>
    public LoginCounters Logins { get; init; } = new();

    /// <summary>What comes from now on enters by itself; what is there has yet to be told.</summary>
    public void Keep() => _isKept = true;
}

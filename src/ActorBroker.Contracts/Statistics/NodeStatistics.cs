namespace ActorBroker.Contracts.Statistics;

/// <summary>What there is on a node and what it does: counted where it happens, looked at by those who are asked.</summary>
/// <param name="isKept">
/// Somebody may ask at any time. Where nobody has asked yet, what costs memory is left out: connections and queues enter
/// with the first question (<see cref="FiguresWanted"/>), and count from then on.
/// </param>
public sealed class NodeStatistics(bool isKept)
{
    private volatile bool _isKept = isKept;

    /// <summary>Nobody asks.</summary>
    public static NodeStatistics None { get; } = new(isKept: false);

    /// <summary>Somebody asks. Any thread; once it is so it stays so.</summary>
    public bool IsKept => _isKept;

    /// <summary>A protocol, which clients name in their own way, as figures are labelled by it.</summary>
    public static string LabelOf(string protocol) => protocol switch
    {
        "AMQP 0-9-1" => "amqp091",
        "Akka.Remote" => "akka",
        _ => protocol,
    };

    /// <summary>Clients' connections.</summary>
    public ConnectionRegister Connections { get; } = new();

    /// <summary>Queues.</summary>
    public QueueRegister Queues { get; } = new();

    /// <summary>Logins, counted from the start.</summary>
    public LoginCounters Logins { get; init; } = new();

    /// <summary>What comes from now on enters by itself; what is there has yet to be told.</summary>
    public void Keep() => _isKept = true;
}

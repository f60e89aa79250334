using ActorBroker.Core.Messages;
using ActorBroker.Core.Names;

namespace ActorBroker.Broker.Forwarding;

/// <summary>What came of a message that the broker published itself, worst first.</summary>
internal enum ForwardOutcome : byte
{
    /// <summary>A queue may or may not have it: its actor stopped, its journal failed, or it was not found in time.</summary>
    Failed = 0,

    /// <summary>A queue refused it, and does not have it.</summary>
    Rejected = 1,

    /// <summary>The exchange does not exist.</summary>
    NoExchange = 2,

    /// <summary>No queue is bound that may have it.</summary>
    NoRoute = 3,

    /// <summary>Every queue that it was routed to has it, as safe as it asks to be.</summary>
    Confirmed = 4,
}

/// <summary>
/// A message that the broker publishes itself, and what has become of it. Belongs to one <see cref="MessageForwarder"/>
/// until it is handed back; may be forwarded again then, and goes only where it has not arrived.
/// </summary>
internal abstract class ForwardedMessage
{
    private List<string>? _reached;
    private bool _hasReachedRoute;

    /// <summary>The exchange.</summary>
    public ExchangeKey Exchange { get; protected set; }

    /// <summary>Exchange and routing key as consumers see them.</summary>
    public MessageRoute Route { get; protected set; } = null!;

    /// <summary>The key of <see cref="Route"/>.</summary>
    public string RoutingKey { get; protected set; } = string.Empty;

    /// <summary>Further keys to route by; null for none.</summary>
    public List<string>? MoreKeys { get; protected set; }

    /// <summary>How the properties are encoded.</summary>
    public required MessageFormat Format { get; init; }

    /// <summary>Flags of the record.</summary>
    public MessageFlags Flags { get; protected set; }

    /// <summary>Priority of the record.</summary>
    public required byte Priority { get; init; }

    /// <summary>The properties as they are sent.</summary>
    public ReadOnlyMemory<byte> Properties { get; protected set; }

    /// <summary>The body, wherever it is.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Size of the record.</summary>
    public int RecordLength => MessageRecord.SizeOf(Properties.Length, Body.Length);

    /// <summary>Queues that were sent it and have not answered.</summary>
    internal int Awaited { get; set; }

    /// <summary>The worst so far.</summary>
    internal ForwardOutcome Outcome { get; set; }

    /// <summary>The stage of this exchange, where the message comes from, is passed by.</summary>
    public virtual string? UnstagedExchange => null;

    /// <summary>No way leads through this exchange, where the message comes from.</summary>
    public virtual string? AvoidedExchange => null;

    /// <summary>May this queue have it?</summary>
    public virtual bool Admits(string queue) => true;

    internal bool HasReached(string queue) => _reached is not null && _reached.Contains(queue);

    /// <summary>Some queue has it that is more than an exchange's history.</summary>
    internal bool HasReachedAny => _hasReachedRoute;

    /// <summary>What came of it in one queue; true when it was the last that was awaited.</summary>
    internal bool Settle(ForwardLink link, ForwardOutcome outcome)
    {
        if (outcome == ForwardOutcome.Confirmed)
        {
            (_reached ??= new List<string>(1)).Add(link.Queue);
            _hasReachedRoute |= !link.IsHistory;
        }
        else if (outcome < Outcome)
        {
            Outcome = outcome;
        }

        if (--Awaited > 0)
        {
            return false;
        }

        if (Outcome == ForwardOutcome.NoRoute && _hasReachedRoute)
        {
            // A queue that has gone in the meantime is none to wait for, if there are others.
            Outcome = ForwardOutcome.Confirmed;
        }

        return true;
    }
}

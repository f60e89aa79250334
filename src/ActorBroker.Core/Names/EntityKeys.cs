namespace ActorBroker.Core.Names;

/// <summary>A queue's identity: names are unique within a virtual host. At most 255 bytes of UTF-8 each (AMQP 0-9-1 §1.2 domains).</summary>
public readonly record struct QueueKey(string VirtualHost, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"queue '{Name}' in vhost '{VirtualHost}'";
}

/// <summary>An exchange's identity. The empty name is the default exchange, to which every queue is bound under its own name.</summary>
public readonly record struct ExchangeKey(string VirtualHost, string Name)
{
    /// <summary>True for the nameless default exchange (AMQP 0-9-1 §3.1.3.4).</summary>
    public bool IsDefault => Name.Length == 0;

    /// <inheritdoc/>
    public override string ToString() => $"exchange '{Name}' in vhost '{VirtualHost}'";
}

/// <summary>What a binding leads to.</summary>
public enum DestinationKind : byte
{
    /// <summary>A queue.</summary>
    Queue = 0,

    /// <summary>Another exchange (RabbitMQ's exchange-to-exchange bindings).</summary>
    Exchange = 1,
}

/// <summary>The end of a binding: a queue or an exchange of the same virtual host as its source.</summary>
public readonly record struct Destination(DestinationKind Kind, string Name)
{
    /// <summary>The queue of this name.</summary>
    public static Destination Queue(string name) => new(DestinationKind.Queue, name);

    /// <summary>The exchange of this name.</summary>
    public static Destination Exchange(string name) => new(DestinationKind.Exchange, name);
}

namespace ActorBroker.Core.Names;

/// <summary>
/// Direct reply-to, RabbitMQ's request and reply without a queue: a client consumes from <see cref="Queue"/>, the broker
/// puts a name of its own making into its requests, and what is published to that name on the default exchange goes
/// straight to the client's connection.
/// </summary>
public static class DirectReply
{
    /// <summary>What a client consumes from, and writes as a request's reply-to.</summary>
    public const string Queue = "amq.rabbitmq.reply-to";

    /// <summary>What the names that the broker makes start with.</summary>
    public const string Prefix = Queue + ".";

    /// <summary>Whether the broker has, or might have, made this name.</summary>
    public static bool IsName(string queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        return queue.StartsWith(Prefix, StringComparison.Ordinal);
    }
}

namespace ActorBroker.Core.Sessions;

/// <summary>
/// Takes the copies of what passes through a session while its virtual host is traced (RabbitMQ's firehose). Copies are
/// transient and best effort: what is too much at a time is left out, and what came of one is told to nobody.
/// Belongs to one session.
/// </summary>
public abstract class SessionTracer
{
    /// <summary>The node that the client is connected to.</summary>
    public abstract string Node { get; }

    /// <summary>The connection's name: <c>CLIENT'S ADDRESS -&gt; BROKER'S ADDRESS</c>.</summary>
    public abstract string Connection { get; }

    /// <summary>Copies, or messages of the client's own, have not reached their queues yet: what ends now loses them.</summary>
    public abstract bool HasUnderWay { get; }

    /// <summary>The names of the queues that took the session's last publish or publish in a transaction, hidden ones left out.</summary>
    /// <param name="target">What was published to.</param>
    /// <param name="moreKeys">As given to the publish.</param>
    public abstract IReadOnlyList<string> QueuesOf(PublishTarget target, string[] moreKeys);

    /// <summary>Publishes a copy to the virtual host's trace exchange.</summary>
    /// <param name="routingKey">At most 255 bytes of UTF-8.</param>
    /// <param name="copy">The copy; its arrays are read until the next <see cref="IBrokerSession.EndOfRead"/>, as those of a publish.</param>
    public abstract void Publish(string routingKey, in PublishedMessage copy);
}

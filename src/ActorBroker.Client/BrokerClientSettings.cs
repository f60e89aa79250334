using Akka.Actor;

namespace ActorBroker.Client;

/// <summary>What becomes of publishes that are not confirmed when the session is lost.</summary>
public enum UnconfirmedPublishes
{
    /// <summary>
    /// They are published again, in order, by the next session. A message whose confirm was lost on its way is then in its
    /// queue twice: at least once.
    /// </summary>
    PublishAgain,

    /// <summary>They fail as <see cref="PublishResult.IsUnknown"/>, and the publisher decides. What has not been sent yet is sent.</summary>
    Fail,
}

/// <summary>How to reach a broker, and as whom.</summary>
public sealed record BrokerClientSettings
{
    /// <summary>
    /// Nodes of the broker, any of them and better several: <c>HOST:PORT</c> of their Akka.Remote, or a whole address such
    /// as <c>akka.ssl.tcp://actorbroker@HOST:PORT</c>. When the node of the session is lost, another one is asked.
    /// </summary>
    public required IReadOnlyList<string> Contacts { get; init; }

    /// <summary>The name of the broker's actor system, for contacts that do not say.</summary>
    public string SystemName { get; init; } = "actorbroker";

    /// <summary>User name.</summary>
    public string User { get; init; } = "guest";

    /// <summary>Password, in clear. It goes to the broker by Akka.Remote: have that encrypted where others can listen.</summary>
    public string Password { get; init; } = "guest";

    /// <summary>Virtual host.</summary>
    public string VirtualHost { get; init; } = "/";

    /// <summary>The client's name in the broker's listings and logs; the actor system's when null.</summary>
    public string? Name { get; init; }

    /// <summary>How long one attempt to log in may take before the next one.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait after an attempt that was refused as unavailable.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the methods of <see cref="BrokerClient"/> wait for an answer, logging in included.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What becomes of publishes that are not confirmed when the session is lost.</summary>
    public UnconfirmedPublishes Unconfirmed { get; init; } = UnconfirmedPublishes.PublishAgain;

    /// <summary>
    /// Most bytes of bodies that the client keeps: messages that wait to be sent or confirmed. Streams never come near it;
    /// a publish by an actor beyond it is refused at once.
    /// </summary>
    public long BufferBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Leaves the password out.</summary>
    public override string ToString() => $"{User}@{string.Join(',', Contacts)}{VirtualHost}";

    /// <summary>The paths of the contacts' receptionists.</summary>
    /// <exception cref="ArgumentException">There is none, or one is no address.</exception>
    internal IReadOnlyList<ActorPath> ReceptionistPaths()
    {
        if (Contacts.Count == 0)
        {
            throw new ArgumentException("A client needs at least one contact.");
        }

        return [.. Contacts.Select(PathOf)];
    }

    private ActorPath PathOf(string contact)
    {
        var address = contact.Contains("://", StringComparison.Ordinal) ? contact : $"akka.tcp://{SystemName}@{contact}";
        return ActorPath.TryParse($"{address.TrimEnd('/')}/system/receptionist", out var path) && path.Address.Port is not null
            ? path
            : throw new ArgumentException($"'{contact}' is no contact: HOST:PORT is expected.", nameof(contact));
    }
}

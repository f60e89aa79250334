using System.Text;
using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Messages;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Client;

/// <summary>A message to publish.</summary>
/// <param name="Exchange">Empty for the default exchange, on which every queue has its own name for a key.</param>
/// <param name="RoutingKey">Routing key.</param>
/// <param name="Body">Not to be changed before the publish is confirmed.</param>
public sealed record OutgoingMessage(string Exchange, string RoutingKey, ReadOnlyMemory<byte> Body)
{
    /// <summary>Everything beside the body; transient without properties where nothing is said.</summary>
    public MessageProperties Properties { get; init; } = MessageProperties.None;

    /// <summary>When no queue takes it, its outcome is <see cref="PublishOutcome.Returned"/>; else it is confirmed all the same.</summary>
    public bool Mandatory { get; init; }

    /// <summary>A message for one queue, by the default exchange; mandatory.</summary>
    public static OutgoingMessage ToQueue(string queue, ReadOnlyMemory<byte> body, MessageProperties? properties = null) =>
        new(string.Empty, queue, body) { Mandatory = true, Properties = properties ?? MessageProperties.None };
}

/// <summary>What became of a publish.</summary>
/// <param name="Outcome">What the broker said.</param>
/// <param name="Refusal">Why it was refused; null where the outcome says it all.</param>
public readonly record struct PublishResult(PublishOutcome Outcome, Refusal? Refusal)
{
    /// <summary>The broker has it, as safe as it was asked to be.</summary>
    public bool IsConfirmed => Outcome == PublishOutcome.Confirmed;

    /// <summary>The session was lost before the broker answered: the message may be in its queues, or not.</summary>
    public bool IsUnknown { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Refusal is null ? Outcome.ToString() : $"{Outcome}: {Refusal.Text}";
}

/// <summary>Which delivery is settled: of which consumer's session, and where in the queue. Good for one settlement.</summary>
public readonly record struct DeliveryTag(int Lease, long Position);

/// <summary>A message from a queue.</summary>
/// <param name="Exchange">Where it was published to.</param>
/// <param name="RoutingKey">The key that it was published with.</param>
/// <param name="Properties">Everything beside the body.</param>
/// <param name="Body">A part of an array that other messages share; nobody changes it.</param>
/// <param name="Tag">By which it is settled.</param>
/// <param name="Redelivered">It may have been delivered before.</param>
public sealed record ReceivedMessage(
    string Exchange, string RoutingKey, MessageProperties Properties, ReadOnlyMemory<byte> Body, DeliveryTag Tag, bool Redelivered)
{
    /// <summary>How often its delivery has failed, on queues that count that.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>Its offset, when the queue is a stream.</summary>
    public long? StreamOffset { get; init; }

    /// <summary>The body as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);
}

/// <summary>The broker has refused something, in its own words.</summary>
public sealed class BrokerRefusedException : Exception
{
    /// <summary>A refusal of the broker.</summary>
    public BrokerRefusedException(Refusal refusal)
        : base(refusal?.Text)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        Refusal = refusal;
    }

    /// <summary>Reason and text.</summary>
    public Refusal Refusal { get; }
}

/// <summary>A message was not confirmed.</summary>
/// <param name="message">The message.</param>
/// <param name="result">What became of it.</param>
public sealed class PublishFailedException(OutgoingMessage message, PublishResult result)
    : Exception($"Message to exchange '{message?.Exchange}' with routing key '{message?.RoutingKey}' was not confirmed: {result}")
{
    /// <summary>What became of it.</summary>
    public PublishResult Result { get; } = result;
}

using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Exchanges;

/// <summary>From an exchange to its <see cref="HistoryCopyActor"/>: the binding is in force, copy what came meanwhile and end.</summary>
internal sealed record CopyTheRest : INoSerializationVerificationNeeded
{
    public static CopyTheRest Instance { get; } = new();
}

/// <summary>
/// From a <see cref="HistoryCopyActor"/> to its exchange: the destination has all that the history held, once when it was
/// started and once for <see cref="CopyTheRest"/>. After a refusal nothing more is copied.
/// </summary>
internal sealed record HistoryCopied(Refusal? Refusal) : INoSerializationVerificationNeeded;

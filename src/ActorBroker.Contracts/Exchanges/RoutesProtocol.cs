using ActorBroker.Core.Exchanges;
using ActorBroker.Core.Names;

namespace ActorBroker.Contracts.Exchanges;

/// <summary>
/// From a node's routing table actor to an exchange: send me your routes now and all changes from now on. Answered by
/// <see cref="RoutesSnapshot"/> or <see cref="RoutesNotFound"/>. Subscribing again starts anew. The subscription ends
/// when either actor terminates.
/// </summary>
public sealed record SubscribeRoutes(ExchangeKey Exchange) : ExchangeCommand(Exchange);

/// <summary>
/// What are your routes now? Answered as <see cref="SubscribeRoutes"/> is, or by <see cref="ReloadRoutes"/> when it could not
/// be asked; nothing follows.
/// </summary>
public sealed record ListRoutes(ExchangeKey Exchange) : ExchangeCommand(Exchange);

/// <summary>
/// A part of an exchange's routes, small enough for one message between nodes. The parts of one snapshot come in a row
/// from one actor, all with the same version.
/// </summary>
/// <param name="Exchange">The exchange.</param>
/// <param name="Version">The state that this is a snapshot of; the first change that follows is of the next version.</param>
/// <param name="Definition">What the exchange is; the same in every part.</param>
/// <param name="Bindings">Some of the bindings.</param>
/// <param name="IsFirst">What was received of an earlier snapshot is void.</param>
/// <param name="IsLast">The snapshot is complete.</param>
public sealed record RoutesSnapshot(
    ExchangeKey Exchange, long Version, ExchangeDefinition Definition, IReadOnlyList<Binding> Bindings, bool IsFirst, bool IsLast)
    : IBrokerMessage;

/// <summary>The exchange does not exist; the subscriber is not subscribed.</summary>
public sealed record RoutesNotFound(ExchangeKey Exchange) : IBrokerMessage;

/// <summary>A binding that was added or removed.</summary>
public readonly record struct RouteChange(bool Added, Binding Binding);

/// <summary>Changes, in order. Answered by <see cref="RoutesApplied"/> with the same version once routing follows them.</summary>
/// <param name="Exchange">The exchange.</param>
/// <param name="Version">One more than that of the change or snapshot before. After a gap the node subscribes again.</param>
/// <param name="Changes">What changed.</param>
public sealed record RoutesChanged(ExchangeKey Exchange, long Version, IReadOnlyList<RouteChange> Changes) : IBrokerMessage;

/// <summary>
/// The exchange was deleted, which ends the subscription. Answered by <see cref="RoutesApplied"/> with the same version.
/// </summary>
public sealed record RoutesRemoved(ExchangeKey Exchange, long Version) : IBrokerMessage;

/// <summary>
/// From the exchange's actor to a node's routing table actor, which need not follow it: follow me, if you have these
/// routes. Answered by <see cref="RoutesApplied"/> when it follows, or has none.
/// </summary>
public sealed record FollowRoutes(ExchangeKey Exchange) : IBrokerMessage;

/// <summary>
/// From the node to the exchange's actor: routing on this node follows the exchange up to this version. Of a snapshot
/// too, and of version 0 when the node has no routes of the exchange.
/// </summary>
public sealed record RoutesApplied(ExchangeKey Exchange, long Version) : IBrokerMessage;

/// <summary>
/// The node did not answer in time and is no longer subscribed: what it has is out of date, it must subscribe again
/// before it routes anything.
/// </summary>
public sealed record ReloadRoutes(ExchangeKey Exchange) : IBrokerMessage;

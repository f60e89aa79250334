using ActorBroker.Core.Names;

namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// A destination as routers keep it: an object, so that a reader sees all of it or nothing while the writer changes a
/// router.
/// </summary>
public sealed record RouteTarget(DestinationKind Kind, string Name)
{
    /// <summary>The target for a destination.</summary>
    public static RouteTarget Of(Destination destination) => new(destination.Kind, destination.Name);
}

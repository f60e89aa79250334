using ActorBroker.Contracts.Exchanges;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>What an exchange and the routing tables of the nodes tell each other.</summary>
internal static class RoutesFormats
{
    public static void AddTo(FormatTable formats)
    {
        AddSubscription(formats);
        AddChanges(formats);
    }

    private static void AddSubscription(FormatTable formats)
    {
        formats.AddProto(
            "r-subscribe1", Proto.RoutesOf.Parser,
            (SubscribeRoutes m) => new Proto.RoutesOf { Exchange = m.Exchange.ToForm() },
            p => new SubscribeRoutes(p.Exchange.ToExchangeKey()));
        formats.AddProto(
            "r-list1", Proto.RoutesOf.Parser,
            (ListRoutes m) => new Proto.RoutesOf { Exchange = m.Exchange.ToForm() },
            p => new ListRoutes(p.Exchange.ToExchangeKey()));
        formats.AddProto(
            "r-snapshot1", Proto.RoutesSnapshot.Parser,
            (RoutesSnapshot m) => new Proto.RoutesSnapshot
            {
                Exchange = m.Exchange.ToForm(),
                Version = m.Version,
                Definition = m.Definition.ToForm(),
                Bindings = { m.Bindings.Select(TopologyForms.ToForm) },
                IsFirst = m.IsFirst,
                IsLast = m.IsLast,
            },
            p => new RoutesSnapshot(
                p.Exchange.ToExchangeKey(),
                p.Version,
                p.Definition.ToExchangeDefinition(),
                [.. p.Bindings.Select(TopologyForms.ToBinding)],
                p.IsFirst,
                p.IsLast));
        formats.AddProto(
            "r-follow1", Proto.RoutesOf.Parser,
            (FollowRoutes m) => new Proto.RoutesOf { Exchange = m.Exchange.ToForm() },
            p => new FollowRoutes(p.Exchange.ToExchangeKey()));
        formats.AddProto(
            "r-not-found1", Proto.RoutesOf.Parser,
            (RoutesNotFound m) => new Proto.RoutesOf { Exchange = m.Exchange.ToForm() },
            p => new RoutesNotFound(p.Exchange.ToExchangeKey()));
        formats.AddProto(
            "r-reload1", Proto.RoutesOf.Parser,
            (ReloadRoutes m) => new Proto.RoutesOf { Exchange = m.Exchange.ToForm() },
            p => new ReloadRoutes(p.Exchange.ToExchangeKey()));
    }

    private static void AddChanges(FormatTable formats)
    {
        formats.AddProto(
            "r-changed1", Proto.RoutesChanged.Parser,
            (RoutesChanged m) => new Proto.RoutesChanged
            {
                Exchange = m.Exchange.ToForm(),
                Version = m.Version,
                Changes = { m.Changes.Select(change => new Proto.RouteChange { Added = change.Added, Binding = change.Binding.ToForm() }) },
            },
            p => new RoutesChanged(
                p.Exchange.ToExchangeKey(),
                p.Version,
                [.. p.Changes.Select(change => new RouteChange(change.Added, change.Binding.ToBinding()))]));
        formats.AddProto(
            "r-removed1", Proto.RoutesVersion.Parser,
            (RoutesRemoved m) => new Proto.RoutesVersion { Exchange = m.Exchange.ToForm(), Version = m.Version },
            p => new RoutesRemoved(p.Exchange.ToExchangeKey(), p.Version));
        formats.AddProto(
            "r-applied1", Proto.RoutesVersion.Parser,
            (RoutesApplied m) => new Proto.RoutesVersion { Exchange = m.Exchange.ToForm(), Version = m.Version },
            p => new RoutesApplied(p.Exchange.ToExchangeKey(), p.Version));
    }
}

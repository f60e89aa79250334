using ActorBroker.Contracts.Exchanges;
using ActorBroker.Core.Exchanges;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The exchange's protocol and journal.</summary>
internal static class ExchangeFormats
{
    public static void AddMessagesTo(FormatTable formats)
    {
        AddCommands(formats);
        AddCommandsOfEntities(formats);
        formats.AddProto(
            "x-answered1", Proto.ExchangeAnswered.Parser,
            (ExchangeAnswered m) => new Proto.ExchangeAnswered { RequestId = m.RequestId, Refusal = m.Refusal.ToForm() },
            p => new ExchangeAnswered(p.RequestId, p.Refusal.ToRefusal()));
        formats.AddProto(
            "x-describe1", Proto.DescribeExchange.Parser,
            (DescribeExchange m) => new Proto.DescribeExchange { Exchange = m.Exchange.ToForm(), RequestId = m.RequestId },
            p => new DescribeExchange(p.Exchange.ToExchangeKey(), p.RequestId));
        formats.AddProto(
            "x-described1", Proto.ExchangeDescribed.Parser,
            (ExchangeDescribed m) => new Proto.ExchangeDescribed
            {
                RequestId = m.RequestId,
                Exchange = m.Exchange.ToForm(),
                Refusal = m.Refusal.ToForm(),
                Definition = m.Definition?.ToForm(),
                Policy = m.Policy.ToForm(),
            },
            p => new ExchangeDescribed(
                p.RequestId, p.Exchange.ToExchangeKey(), p.Refusal.ToRefusal(), p.Definition?.ToExchangeDefinition(), p.Policy.ToEffectivePolicy()));
    }

    public static void AddEventsTo(FormatTable formats)
    {
        AddDefinitionEvents(formats);
        AddBindingEvents(formats);
        formats.AddProto(
            "xs1", Proto.ExchangeSnapshot.Parser,
            (ExchangeSnapshot e) => new Proto.ExchangeSnapshot
            {
                Exchange = e.Exchange.ToForm(),
                Definition = e.Definition?.ToForm(),
                Bindings = { e.Bindings.Select(TopologyForms.ToForm) },
                Sources = { e.Sources },
            },
            p => new ExchangeSnapshot(
                p.Exchange.ToExchangeKey(), p.Definition?.ToExchangeDefinition(), [.. p.Bindings.Select(TopologyForms.ToBinding)], [.. p.Sources]));
    }

    private static void AddCommands(FormatTable formats)
    {
        formats.AddProto(
            "x-declare1", Proto.DeclareExchange.Parser,
            (DeclareExchange m) => new Proto.DeclareExchange
            {
                Exchange = m.Exchange.ToForm(),
                RequestId = m.RequestId,
                Definition = m.Definition.ToForm(),
                Passive = m.Passive,
                Origin = m.Origin.ToForm(),
            },
            p => new DeclareExchange(
                p.Exchange.ToExchangeKey(), p.RequestId, p.Definition.ToExchangeDefinition(), p.Passive, p.Origin.ToOrigin()));
        formats.AddProto(
            "x-delete1", Proto.DeleteExchange.Parser,
            (DeleteExchange m) => new Proto.DeleteExchange
            {
                Exchange = m.Exchange.ToForm(),
                RequestId = m.RequestId,
                IfUnused = m.IfUnused,
                Origin = m.Origin.ToForm(),
            },
            p => new DeleteExchange(p.Exchange.ToExchangeKey(), p.RequestId, p.IfUnused, p.Origin.ToOrigin()));
        formats.AddProto(
            "x-bind1", Proto.ChangeBinding.Parser,
            (BindDestination m) => new Proto.ChangeBinding
            {
                Exchange = m.Exchange.ToForm(),
                RequestId = m.RequestId,
                Binding = m.Binding.ToForm(),
                Origin = m.Origin.ToForm(),
            },
            p => new BindDestination(p.Exchange.ToExchangeKey(), p.RequestId, p.Binding.ToBinding(), p.Origin.ToOrigin()));
        formats.AddProto(
            "x-unbind1", Proto.ChangeBinding.Parser,
            (UnbindDestination m) => new Proto.ChangeBinding
            {
                Exchange = m.Exchange.ToForm(),
                RequestId = m.RequestId,
                Binding = m.Binding.ToForm(),
                Origin = m.Origin.ToForm(),
            },
            p => new UnbindDestination(p.Exchange.ToExchangeKey(), p.RequestId, p.Binding.ToBinding(), p.Origin.ToOrigin()));
    }

    private static void AddCommandsOfEntities(FormatTable formats)
    {
        formats.AddProto(
            "x-remove1", Proto.RemoveDestination.Parser,
            (RemoveDestination m) => new Proto.RemoveDestination
            {
                Exchange = m.Exchange.ToForm(),
                RequestId = m.RequestId,
                Destination = m.Destination.ToForm(),
                Origin = m.Origin.ToForm(),
            },
            p => new RemoveDestination(p.Exchange.ToExchangeKey(), p.RequestId, p.Destination.ToDestination(), p.Origin.ToOrigin()));
        formats.AddProto(
            "x-removed1", Proto.DestinationRemoved.Parser,
            (DestinationRemoved m) => new Proto.DestinationRemoved { RequestId = m.RequestId, Refusal = m.Refusal.ToForm() },
            p => new DestinationRemoved(p.RequestId, p.Refusal.ToRefusal()));
        formats.AddProto(
            "x-add-source1", Proto.AddExchangeBindingSource.Parser,
            (AddExchangeBindingSource m) => new Proto.AddExchangeBindingSource
            {
                Exchange = m.Exchange.ToForm(),
                RequestId = m.RequestId,
                Source = m.Source,
                Durable = m.Durable,
            },
            p => new AddExchangeBindingSource(p.Exchange.ToExchangeKey(), p.RequestId, p.Source, p.Durable));
    }

    private static void AddDefinitionEvents(FormatTable formats)
    {
        formats.AddProto(
            "xe-declared1", Proto.ExchangeDeclared.Parser,
            (ExchangeDeclared e) => new Proto.ExchangeDeclared
            {
                Exchange = e.Exchange.ToForm(),
                Definition = e.Definition.ToForm(),
                Origin = e.Origin.ToForm(),
            },
            p => new ExchangeDeclared(p.Exchange.ToExchangeKey(), p.Definition.ToExchangeDefinition(), p.Origin.ToOrigin()));
        formats.AddProto(
            "xe-deleted1", Proto.ExchangeDeleted.Parser,
            (ExchangeDeleted e) => new Proto.ExchangeDeleted { Exchange = e.Exchange.ToForm(), Origin = e.Origin.ToForm() },
            p => new ExchangeDeleted(p.Exchange.ToExchangeKey(), p.Origin.ToOrigin()));
        formats.AddProto(
            "xe-source1", Proto.ExchangeBindingSourceAdded.Parser,
            (BindingSourceAdded e) => new Proto.ExchangeBindingSourceAdded
            {
                Exchange = e.Exchange.ToForm(),
                Source = e.Source,
                Durable = e.Durable,
            },
            p => new BindingSourceAdded(p.Exchange.ToExchangeKey(), p.Source, p.Durable));
    }

    private static void AddBindingEvents(FormatTable formats)
    {
        formats.AddProto(
            "xe-bound1", Proto.BindingAdded.Parser,
            (BindingAdded e) => new Proto.BindingAdded
            {
                Exchange = e.Exchange.ToForm(),
                Binding = e.Binding.ToForm(),
                Durable = e.Durable,
                Origin = e.Origin.ToForm(),
            },
            p => new BindingAdded(p.Exchange.ToExchangeKey(), p.Binding.ToBinding(), p.Durable, p.Origin.ToOrigin()));
        formats.AddProto(
            "xe-unbound1", Proto.BindingRemoved.Parser,
            (BindingRemoved e) => new Proto.BindingRemoved
            {
                Exchange = e.Exchange.ToForm(),
                Binding = e.Binding.ToForm(),
                Origin = e.Origin.ToForm(),
            },
            p => new BindingRemoved(p.Exchange.ToExchangeKey(), p.Binding.ToBinding(), p.Origin.ToOrigin()));
        formats.AddProto(
            "xe-removed1", Proto.DestinationUnbound.Parser,
            (DestinationUnbound e) => new Proto.DestinationUnbound
            {
                Exchange = e.Exchange.ToForm(),
                Destination = e.Destination.ToForm(),
                Origin = e.Origin.ToForm(),
            },
            p => new DestinationUnbound(p.Exchange.ToExchangeKey(), p.Destination.ToDestination(), p.Origin.ToOrigin()));
    }
}

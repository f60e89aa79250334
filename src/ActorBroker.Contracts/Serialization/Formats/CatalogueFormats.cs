using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Names;
using ActorBroker.Core.Policies;
using Google.Protobuf.Collections;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The catalogue's protocol and journal.</summary>
internal static class CatalogueFormats
{
    public static void AddMessagesTo(FormatTable formats)
    {
        AddRegistration(formats);
        AddListing(formats);
        AddSubscription(formats);
    }

    public static void AddEventsTo(FormatTable formats)
    {
        formats.AddProto(
            "ce-names1", Proto.NamesRecorded.Parser,
            (NamesRecorded e) => new Proto.NamesRecorded { VirtualHost = e.VirtualHost, Changes = { e.Changes.Select(ToForm) } },
            p => new NamesRecorded(p.VirtualHost, ToChanges(p.Changes)));

        // Policies and the limit were added to the form: absent where there are none.
        formats.AddProto(
            "cs1", Proto.CatalogueSnapshot.Parser,
            (CatalogueSnapshot e) => ToForm(e),
            p => new CatalogueSnapshot(p.VirtualHost, ToNames(p.Names), p.Policies.ToPolicies(), p.HasQueuesMax ? p.QueuesMax : null));
    }

    private static void AddRegistration(FormatTable formats)
    {
        formats.AddProto(
            "c-register1", Proto.RegisterName.Parser,
            (RegisterName m) => new Proto.RegisterName
            {
                VirtualHost = m.VirtualHost,
                Name = ToForm(new CatalogueName(m.Kind, m.Name, m.Durable)),
                RequestId = m.RequestId,
            },
            p =>
            {
                var name = ToName(p.Name);
                return new RegisterName(p.VirtualHost, name.Kind, name.Name, name.Durable, p.RequestId);
            });
        formats.AddProto(
            "c-unregister1", Proto.UnregisterName.Parser,
            (UnregisterName m) => new Proto.UnregisterName
            {
                VirtualHost = m.VirtualHost,
                Name = new Destination(m.Kind, m.Name).ToForm(),
                RequestId = m.RequestId,
            },
            p =>
            {
                var name = p.Name.ToDestination();
                return new UnregisterName(p.VirtualHost, name.Kind, name.Name, p.RequestId);
            });
        formats.AddProto(
            "c-registered1", Proto.NameAnswered.Parser,
            (NameRegistered m) => new Proto.NameAnswered { RequestId = m.RequestId, Refusal = m.Refusal.ToForm() },
            p => new NameRegistered(p.RequestId, p.Refusal.ToRefusal()));
        formats.AddProto(
            "c-unregistered1", Proto.NameAnswered.Parser,
            (NameUnregistered m) => new Proto.NameAnswered { RequestId = m.RequestId, Refusal = m.Refusal.ToForm(), WasThere = m.WasThere },
            p => new NameUnregistered(p.RequestId, p.Refusal.ToRefusal()) { WasThere = p.WasThere });
    }

    private static void AddListing(FormatTable formats)
    {
        formats.AddProto(
            "c-list1", Proto.ListNames.Parser,
            (ListNames m) => new Proto.ListNames { VirtualHost = m.VirtualHost, RequestId = m.RequestId },
            p => new ListNames(p.VirtualHost, p.RequestId));
        formats.AddProto(
            "c-listed1", Proto.NamesListed.Parser,
            (NamesListed m) => new Proto.NamesListed
            {
                RequestId = m.RequestId,
                VirtualHost = m.VirtualHost,
                Names = { m.Names.Select(ToForm) },
                IsLast = m.IsLast,
            },
            p => new NamesListed(p.RequestId, p.VirtualHost, ToNames(p.Names), p.IsLast));
        formats.AddProto(
            "c-reclaim1", Proto.NamesOf.Parser,
            (ReclaimNames m) => new Proto.NamesOf { VirtualHost = m.VirtualHost, Names = { m.Names.Select(ToForm) } },
            p => new ReclaimNames(p.VirtualHost, ToNames(p.Names)));
    }

    private static void AddSubscription(FormatTable formats)
    {
        formats.AddProto(
            "c-subscribe1", Proto.VirtualHostNames.Parser,
            (SubscribeNames m) => new Proto.VirtualHostNames { VirtualHost = m.VirtualHost },
            p => new SubscribeNames(p.VirtualHost));
        formats.AddProto(
            "c-snapshot1", Proto.NamesSnapshot.Parser,
            (NamesSnapshot m) => new Proto.NamesSnapshot
            {
                VirtualHost = m.VirtualHost,
                Version = m.Version,
                Names = { m.Names.Select(ToForm) },
                IsFirst = m.IsFirst,
                IsLast = m.IsLast,
                Policies = m.Policies?.ToForm(),
            },
            p => new NamesSnapshot(p.VirtualHost, p.Version, ToNames(p.Names), p.IsFirst, p.IsLast, p.Policies?.ToPolicies()));
        formats.AddProto(
            "c-changed1", Proto.NamesChanged.Parser,
            (NamesChanged m) => new Proto.NamesChanged
            {
                VirtualHost = m.VirtualHost,
                Version = m.Version,
                Changes = { m.Changes.Select(ToForm) },
            },
            p => new NamesChanged(p.VirtualHost, p.Version, ToChanges(p.Changes)));
        formats.AddProto(
            "c-applied1", Proto.NamesApplied.Parser,
            (NamesApplied m) => new Proto.NamesApplied { VirtualHost = m.VirtualHost, Version = m.Version },
            p => new NamesApplied(p.VirtualHost, p.Version));
        formats.AddProto(
            "c-follow1", Proto.VirtualHostNames.Parser,
            (FollowNames m) => new Proto.VirtualHostNames { VirtualHost = m.VirtualHost },
            p => new FollowNames(p.VirtualHost));
        formats.AddProto(
            "c-reload1", Proto.VirtualHostNames.Parser,
            (ReloadNames m) => new Proto.VirtualHostNames { VirtualHost = m.VirtualHost },
            p => new ReloadNames(p.VirtualHost));
        formats.AddProto(
            "c-refused1", Proto.NamesRefused.Parser,
            (NamesRefused m) => new Proto.NamesRefused { VirtualHost = m.VirtualHost, Refusal = m.Refusal.ToForm() },
            p => new NamesRefused(p.VirtualHost, p.Refusal.ToRefusal()!));
    }

    private static Proto.CatalogueSnapshot ToForm(CatalogueSnapshot snapshot)
    {
        var form = new Proto.CatalogueSnapshot
        {
            VirtualHost = snapshot.VirtualHost,
            Names = { snapshot.Names.Select(ToForm) },
            Policies = IsNothing(snapshot.Policies) ? null : snapshot.Policies.ToForm(),
        };
        if (snapshot.QueuesMax is { } max)
            form.QueuesMax = max;
        return form;
    }

    private static bool IsNothing(VirtualHostPolicies policies) => policies is { DefaultQueueType: null, Policies.Count: 0, IsTraced: false };

    private static Proto.CatalogueName ToForm(CatalogueName name) =>
        new() { Kind = (uint)name.Kind, Name = name.Name, Durable = name.Durable };

    private static Proto.NameChange ToForm(NameChange change) => new() { Added = change.Added, Name = ToForm(change.Name) };

    private static CatalogueName ToName(Proto.CatalogueName? form) =>
        form is null
            ? throw new InvalidDataException("A name is missing.")
            : new CatalogueName(TopologyForms.ToDestinationKind(form.Kind), form.Name, form.Durable);

    private static CatalogueName[] ToNames(RepeatedField<Proto.CatalogueName> forms) => [.. forms.Select(ToName)];

    private static NameChange[] ToChanges(RepeatedField<Proto.NameChange> forms) =>
        [.. forms.Select(form => new NameChange(form.Added, ToName(form.Name)))];
}

using ActorBroker.Contracts.Access;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>Asking to be let into virtual hosts, and the nodes' tables of who may do what.</summary>
internal static class AccessFormats
{
    public static void AddTo(FormatTable formats)
    {
        formats.AddProto(
            "a-list-vhosts1", Proto.ListVirtualHosts.Parser,
            (ListVirtualHosts m) => new Proto.ListVirtualHosts { RequestId = m.RequestId },
            p => new ListVirtualHosts(p.RequestId));
        formats.AddProto(
            "a-vhosts1", Proto.VirtualHostsListed.Parser,
            (VirtualHostsListed m) => new Proto.VirtualHostsListed { RequestId = m.RequestId, VirtualHosts = { m.VirtualHosts } },
            p => new VirtualHostsListed(p.RequestId, [.. p.VirtualHosts]));
        formats.AddProto(
            "a-vhost1", Proto.OpenVirtualHost.Parser,
            (OpenVirtualHost m) => new Proto.OpenVirtualHost { RequestId = m.RequestId, User = m.User, VirtualHost = m.VirtualHost },
            p => new OpenVirtualHost(p.RequestId, p.User, p.VirtualHost));
        formats.AddProto(
            "a-opened1", Proto.VirtualHostOpened.Parser,
            (VirtualHostOpened m) => new Proto.VirtualHostOpened { RequestId = m.RequestId, Refusal = m.Refusal.ToForm() },
            p => new VirtualHostOpened(p.RequestId, p.Refusal.ToRefusal()));
        AddTables(formats);
    }

    public static void AddEventsTo(FormatTable formats) =>
        formats.AddProto(
            "as1", Proto.AccessSnapshot.Parser,
            (AccessEntitySnapshot e) => new Proto.AccessSnapshot { Changes = { e.Changes.Select(ToForm) } },
            p => new AccessEntitySnapshot([.. p.Changes.Select(ToEvent)]));

    private static void AddTables(FormatTable formats)
    {
        formats.AddProto("a-subscribe1", Proto.SubscribeAccess.Parser, (SubscribeAccess _) => new Proto.SubscribeAccess(), _ => new SubscribeAccess());
        formats.AddProto(
            "a-table1", Proto.AccessTable.Parser,
            (AccessTableChanged m) => new Proto.AccessTable { Version = m.Version, IsWhole = m.IsWhole, Changes = { m.Changes.Select(ToForm) } },
            p => new AccessTableChanged(p.Version, p.IsWhole, [.. p.Changes.Select(ToEvent)]));
        formats.AddProto(
            "a-applied1", Proto.AccessTableApplied.Parser,
            (AccessTableApplied m) => new Proto.AccessTableApplied { Version = m.Version },
            p => new AccessTableApplied(p.Version));
        formats.AddProto("a-follow1", Proto.SubscribeAccess.Parser, (FollowAccess _) => new Proto.SubscribeAccess(), _ => new FollowAccess());
        formats.AddProto("a-reload1", Proto.SubscribeAccess.Parser, (ReloadAccess _) => new Proto.SubscribeAccess(), _ => new ReloadAccess());
        formats.AddProto(
            "a-tablerefused1", Proto.AccessAnswered.Parser,
            (AccessTableRefused m) => new Proto.AccessAnswered { Refusal = m.Refusal.ToForm() },
            p => new AccessTableRefused(
                p.Refusal.ToRefusal() ?? throw new InvalidDataException("It is not said why users are not known.")));
    }

    private static Proto.AccessTableEntry ToForm(AccessEvent change)
    {
        var (bytes, manifest) = JournalEventSerializer.Write(change);
        return new Proto.AccessTableEntry { Manifest = manifest, Content = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(bytes) };
    }

    private static AccessEvent ToEvent(Proto.AccessTableEntry entry) =>
        JournalEventSerializer.Read(entry.Content.ToByteArray(), entry.Manifest) as AccessEvent
        ?? throw new InvalidDataException($"A form '{entry.Manifest}' is no change of access.");
}

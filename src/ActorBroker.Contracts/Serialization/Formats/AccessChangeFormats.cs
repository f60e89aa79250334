using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;
using ActorBroker.Core.Queues;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>Changes of users, virtual hosts and permissions, as commands and as the journal keeps them.</summary>
internal static class AccessChangeFormats
{
    public static void AddMessagesTo(FormatTable formats)
    {
        formats.AddProto(
            "a-done1", Proto.AccessAnswered.Parser,
            (AccessChangeDone m) => new Proto.AccessAnswered { RequestId = m.RequestId, Refusal = m.Refusal.ToForm() },
            p => new AccessChangeDone(p.RequestId, p.Refusal.ToRefusal()));
        formats.AddProto(
            "a-putuser1", Proto.PutUser.Parser, (PutUser m) => ToForm(m),
            p => new PutUser(
                p.RequestId, p.User, p.HasPasswordHash ? p.PasswordHash : null, (PasswordHashing)p.Hashing, p.Tags is null ? null : [.. p.Tags.Tags], p.Origin.ToOrigin()));
        formats.AddProto(
            "a-deluser1", Proto.AccessName.Parser, (DeleteUser m) => Named(m.RequestId, m.User, m.Origin),
            p => new DeleteUser(p.RequestId, p.Name, p.Origin.ToOrigin()));
        formats.AddProto(
            "a-grant1", Proto.PermissionGranted.Parser, (PutPermission m) => Granted(m.RequestId, m.User, m.VirtualHost, m.Permission, m.Origin),
            p => new PutPermission(p.RequestId, p.User, p.VirtualHost, PermissionOf(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "a-clear1", Proto.ClearPermission.Parser, (ClearPermission m) => Cleared(m.RequestId, m.User, m.VirtualHost, null, m.Origin),
            p => new ClearPermission(p.RequestId, p.User, p.VirtualHost, p.Origin.ToOrigin()));
        formats.AddProto(
            "a-granttopic1", Proto.TopicPermissionGranted.Parser,
            (PutTopicPermission m) => Granted(m.RequestId, m.User, m.VirtualHost, m.Exchange, m.Permission, m.Origin),
            p => new PutTopicPermission(p.RequestId, p.User, p.VirtualHost, p.Exchange, new TopicPermission(p.Write, p.Read), p.Origin.ToOrigin()));
        formats.AddProto(
            "a-cleartopic1", Proto.ClearPermission.Parser,
            (ClearTopicPermission m) => Cleared(m.RequestId, m.User, m.VirtualHost, m.Exchange, m.Origin),
            p => new ClearTopicPermission(p.RequestId, p.User, p.VirtualHost, ExchangeOf(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "a-putvhost1", Proto.DescribeVirtualHost.Parser,
            (CreateVirtualHost m) => Described(m.RequestId, m.VirtualHost, m.Metadata, m.Origin),
            p => new CreateVirtualHost(p.RequestId, p.Name, MetadataOf(p.Metadata), p.Origin.ToOrigin()));
        formats.AddProto(
            "a-delvhost1", Proto.AccessName.Parser, (DeleteVirtualHost m) => Named(m.RequestId, m.VirtualHost, m.Origin),
            p => new DeleteVirtualHost(p.RequestId, p.Name, p.Origin.ToOrigin()));
    }

    public static void AddEventsTo(FormatTable formats)
    {
        AddUserEvents(formats);
        AddVirtualHostEvents(formats);
        formats.AddProto(
            "ae-permission1", Proto.PermissionGranted.Parser, (PermissionGranted e) => Granted(0, e.User, e.VirtualHost, e.Permission, e.Origin),
            p => new PermissionGranted(p.User, p.VirtualHost, PermissionOf(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-cleared1", Proto.ClearPermission.Parser, (PermissionCleared e) => Cleared(0, e.User, e.VirtualHost, null, e.Origin),
            p => new PermissionCleared(p.User, p.VirtualHost, p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-topic1", Proto.TopicPermissionGranted.Parser,
            (TopicPermissionGranted e) => Granted(0, e.User, e.VirtualHost, e.Exchange, e.Permission, e.Origin),
            p => new TopicPermissionGranted(p.User, p.VirtualHost, p.Exchange, new TopicPermission(p.Write, p.Read), p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-topiccleared1", Proto.ClearPermission.Parser,
            (TopicPermissionCleared e) => Cleared(0, e.User, e.VirtualHost, e.Exchange, e.Origin),
            p => new TopicPermissionCleared(p.User, p.VirtualHost, ExchangeOf(p), p.Origin.ToOrigin()));
    }

    private static void AddUserEvents(FormatTable formats)
    {
        formats.AddProto(
            "ae-user1", Proto.UserCreated.Parser, (UserCreated e) => ToForm(e.User, e.Origin), p => new UserCreated(UserOf(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-userchanged1", Proto.UserChanged.Parser,
            (UserChanged e) => new Proto.UserChanged
            {
                User = ToForm(e.User, e.Origin),
                HasPasswordChanged = e.HasPasswordChanged,
                HaveTagsChanged = e.HaveTagsChanged,
            },
            p => new UserChanged(
                UserOf(p.User ?? throw new InvalidDataException("A changed user is missing.")), p.HasPasswordChanged, p.HaveTagsChanged, p.User.Origin.ToOrigin()));
        formats.AddProto(
            "ae-userdeleted1", Proto.AccessName.Parser, (UserDeleted e) => Named(0, e.User, e.Origin), p => new UserDeleted(p.Name, p.Origin.ToOrigin()));
    }

    private static void AddVirtualHostEvents(FormatTable formats)
    {
        formats.AddProto(
            "ae-vhost1", Proto.VirtualHostCreated.Parser,
            (VirtualHostCreated e) => new Proto.VirtualHostCreated
            {
                Name = e.Name,
                Metadata = e.Metadata == VirtualHostMetadata.None ? null : ToForm(e.Metadata),
                Origin = e.Origin.ToForm(),
            },
            p => new VirtualHostCreated(p.Name, MetadataOf(p.Metadata) ?? VirtualHostMetadata.None, p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-vhostdescribed1", Proto.DescribeVirtualHost.Parser, (VirtualHostDescribed e) => Described(0, e.Name, e.Metadata, e.Origin),
            p => new VirtualHostDescribed(p.Name, MetadataOf(p.Metadata) ?? VirtualHostMetadata.None, p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-vhostclosed1", Proto.AccessName.Parser, (VirtualHostClosed e) => Named(0, e.Name, e.Origin), p => new VirtualHostClosed(p.Name, p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-vhostdeleted1", Proto.AccessName.Parser, (VirtualHostDeleted e) => Named(0, e.Name, e.Origin),
            p => new VirtualHostDeleted(p.Name, p.Origin.ToOrigin()));
    }

    private static Proto.UserCreated ToForm(User user, Origin origin) => new()
    {
        Name = user.Name,
        PasswordHash = user.PasswordHash,
        Tags = { user.Tags },
        Hashing = (int)user.Hashing,
        Origin = origin.ToForm(),
    };

    private static User UserOf(Proto.UserCreated form) => new(form.Name, form.PasswordHash, [.. form.Tags], (PasswordHashing)form.Hashing);

    private static Proto.PutUser ToForm(PutUser put)
    {
        var form = new Proto.PutUser { RequestId = put.RequestId, User = put.User, Hashing = (int)put.Hashing, Origin = put.Origin.ToForm() };
        if (put.PasswordHash is { } hash)
            form.PasswordHash = hash;
        if (put.Tags is { } tags)
            form.Tags = new Proto.AccessTags { Tags = { tags } };
        return form;
    }

    private static Proto.AccessName Named(long requestId, string name, Origin origin) =>
        new() { RequestId = requestId, Name = name, Origin = origin.ToForm() };

    private static Proto.PermissionGranted Granted(long requestId, string user, string virtualHost, Permission permission, Origin origin) => new()
    {
        RequestId = requestId,
        User = user,
        VirtualHost = virtualHost,
        Configure = permission.Configure,
        Write = permission.Write,
        Read = permission.Read,
        Origin = origin.ToForm(),
    };

    private static Permission PermissionOf(Proto.PermissionGranted form) => new(form.Configure, form.Write, form.Read);

    private static Proto.TopicPermissionGranted Granted(
        long requestId, string user, string virtualHost, string exchange, TopicPermission permission, Origin origin) => new()
        {
            RequestId = requestId,
            User = user,
            VirtualHost = virtualHost,
            Exchange = exchange,
            Write = permission.Write,
            Read = permission.Read,
            Origin = origin.ToForm(),
        };

    private static Proto.ClearPermission Cleared(long requestId, string user, string virtualHost, string? exchange, Origin origin)
    {
        var form = new Proto.ClearPermission { RequestId = requestId, User = user, VirtualHost = virtualHost, Origin = origin.ToForm() };
        if (exchange is not null)
            form.Exchange = exchange;
        return form;
    }

    private static string? ExchangeOf(Proto.ClearPermission form) => form.HasExchange ? form.Exchange : null;

    private static Proto.DescribeVirtualHost Described(long requestId, string name, VirtualHostMetadata? metadata, Origin origin)
    {
        var form = new Proto.DescribeVirtualHost { RequestId = requestId, Name = name, Origin = origin.ToForm() };
        if (metadata is not null)
            form.Metadata = ToForm(metadata);
        return form;
    }

    private static Proto.VirtualHostMetadata ToForm(VirtualHostMetadata metadata)
    {
        var form = new Proto.VirtualHostMetadata { Description = metadata.Description, Tags = { metadata.Tags }, IsProtected = metadata.IsProtected };
        if (metadata.DefaultQueueType is { } type)
            form.DefaultQueueType = (int)type;
        if (metadata.Journal is { } journal)
            form.Journal = journal;
        return form;
    }

    private static VirtualHostMetadata? MetadataOf(Proto.VirtualHostMetadata? form) => form is null
        ? null
        : new VirtualHostMetadata(
            form.Description, [.. form.Tags], form.HasDefaultQueueType ? (QueueType)form.DefaultQueueType : null, form.IsProtected,
            form.HasJournal ? form.Journal : null);
}

using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Catalogue;
using ActorBroker.Core.Access;
using ActorBroker.Core.Names;

namespace ActorBroker.Contracts.Serialization.Formats;

/// <summary>The protocol and journal of limits.</summary>
internal static class LimitFormats
{
    public static void AddMessagesTo(FormatTable formats)
    {
        AddSetting(formats);
        AddCounting(formats);
    }

    public static void AddEventsTo(FormatTable formats)
    {
        formats.AddProto(
            "ae-vhostlimits1", Proto.LimitVirtualHost.Parser,
            (VirtualHostLimited e) => ToForm(0, e.VirtualHost, e.ConnectionsMax, e.Origin),
            p => new VirtualHostLimited(p.VirtualHost, Max(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-userlimits1", Proto.LimitUser.Parser,
            (UserLimited e) => ToForm(0, e.User, e.Limits, e.Origin),
            p => new UserLimited(p.User, ToLimits(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "ce-queuelimit1", Proto.LimitQueues.Parser,
            (QueueLimitSet e) => ToForm(string.Empty, e.VirtualHost, e.QueuesMax, e.Origin),
            p => new QueueLimitSet(p.VirtualHost, Max(p), p.Origin.ToOrigin()));
    }

    private static void AddSetting(FormatTable formats)
    {
        formats.AddProto(
            "a-vhostlimits1", Proto.LimitVirtualHost.Parser,
            (SetVirtualHostLimits m) => ToForm(m.RequestId, m.VirtualHost, m.ConnectionsMax, m.Origin),
            p => new SetVirtualHostLimits(p.RequestId, p.VirtualHost, Max(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "a-userlimits1", Proto.LimitUser.Parser,
            (SetUserLimits m) => ToForm(m.RequestId, m.User, m.Limits, m.Origin),
            p => new SetUserLimits(p.RequestId, p.User, ToLimits(p), p.Origin.ToOrigin()));
        formats.AddProto(
            "p-queuelimit1", Proto.LimitQueues.Parser,
            (SetQueueLimit m) => ToForm(m.RequestId, m.VirtualHost, m.QueuesMax, m.Origin),
            p => new SetQueueLimit(p.VirtualHost, p.RequestId, Max(p), p.Origin.ToOrigin()));
    }

    private static void AddCounting(FormatTable formats)
    {
        formats.AddProto(
            "a-channel1", Proto.OpenChannel.Parser,
            (OpenChannel m) => new Proto.OpenChannel { RequestId = m.RequestId },
            p => new OpenChannel(p.RequestId));
        formats.AddProto(
            "a-channelopened1", Proto.AccessAnswered.Parser,
            (ChannelOpened m) => new Proto.AccessAnswered { RequestId = m.RequestId, Refusal = m.Refusal.ToForm() },
            p => new ChannelOpened(p.RequestId, p.Refusal.ToRefusal()));
        formats.AddProto(
            "a-channelclosed1", Proto.CloseChannel.Parser, (CloseChannel _) => new Proto.CloseChannel(), _ => new CloseChannel());
        formats.AddProto(
            "a-count1", Proto.CountConnection.Parser,
            (CountConnection m) => new Proto.CountConnection { User = m.User, VirtualHost = m.VirtualHost, Channels = m.Channels },
            p => new CountConnection(p.User, p.VirtualHost, p.Channels));
        formats.AddProto(
            "a-counted1", Proto.ConnectionCounted.Parser,
            (ConnectionCounted m) => new Proto.ConnectionCounted { CountsChannels = m.CountsChannels },
            p => new ConnectionCounted(p.CountsChannels));
    }

    private static Proto.LimitVirtualHost ToForm(long requestId, string virtualHost, long? connectionsMax, Origin origin)
    {
        var form = new Proto.LimitVirtualHost { RequestId = requestId, VirtualHost = virtualHost, Origin = origin.ToForm() };
        if (connectionsMax is { } max)
            form.ConnectionsMax = max;
        return form;
    }

    private static Proto.LimitQueues ToForm(string requestId, string virtualHost, long? queuesMax, Origin origin)
    {
        var form = new Proto.LimitQueues { RequestId = requestId, VirtualHost = virtualHost, Origin = origin.ToForm() };
        if (queuesMax is { } max)
            form.QueuesMax = max;
        return form;
    }

    private static Proto.LimitUser ToForm(long requestId, string user, UserLimits limits, Origin origin)
    {
        var form = new Proto.LimitUser { RequestId = requestId, User = user, Origin = origin.ToForm() };
        if (limits.ConnectionsMax is { } connections)
            form.ConnectionsMax = connections;
        if (limits.ChannelsMax is { } channels)
            form.ChannelsMax = channels;
        return form;
    }

    private static UserLimits ToLimits(Proto.LimitUser form) =>
        new(form.HasConnectionsMax ? form.ConnectionsMax : null, form.HasChannelsMax ? form.ChannelsMax : null);

    private static long? Max(Proto.LimitVirtualHost form) => form.HasConnectionsMax ? form.ConnectionsMax : null;

    private static long? Max(Proto.LimitQueues form) => form.HasQueuesMax ? form.QueuesMax : null;
}

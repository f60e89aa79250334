using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;

namespace ActorBroker.Contracts.Serialization;

/// <summary>Authentication, and the journal of users, virtual hosts and permissions.</summary>
internal static class AccessFormats
{
    public static void AddMessagesTo(FormatTable formats)
    {
        formats.AddProto(
            "a-user1", Proto.AuthenticateUser.Parser,
            (AuthenticateUser m) => new Proto.AuthenticateUser
            {
                RequestId = m.RequestId,
                User = m.User,
                Password = m.Password,
                Loopback = m.Loopback,
            },
            p => new AuthenticateUser(p.RequestId, p.User, p.Password, p.Loopback));
        formats.AddProto(
            "a-renew1", Proto.RenewUser.Parser,
            (RenewUser m) => new Proto.RenewUser { RequestId = m.RequestId, User = m.User, VirtualHost = m.VirtualHost, Secret = m.Secret },
            p => new RenewUser(p.RequestId, p.User, p.VirtualHost, p.Secret));
        formats.AddProto(
            "a-authenticated1", Proto.UserAuthenticated.Parser,
            (UserAuthenticated m) => new Proto.UserAuthenticated
            {
                RequestId = m.RequestId,
                Refusal = m.Refusal.ToForm(),
                IsImpersonator = m.IsImpersonator,
            },
            p => new UserAuthenticated(p.RequestId, p.Refusal.ToRefusal(), p.IsImpersonator));
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
    }

    public static void AddEventsTo(FormatTable formats)
    {
        formats.AddProto(
            "ae-user1", Proto.UserCreated.Parser,
            (UserCreated e) => new Proto.UserCreated
            {
                Name = e.User.Name,
                PasswordHash = e.User.PasswordHash,
                Tags = { e.User.Tags },
                Origin = e.Origin.ToForm(),
            },
            p => new UserCreated(new User(p.Name, p.PasswordHash, [.. p.Tags]), p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-vhost1", Proto.VirtualHostCreated.Parser,
            (VirtualHostCreated e) => new Proto.VirtualHostCreated { Name = e.Name, Origin = e.Origin.ToForm() },
            p => new VirtualHostCreated(p.Name, p.Origin.ToOrigin()));
        formats.AddProto(
            "ae-permission1", Proto.PermissionGranted.Parser,
            (PermissionGranted e) => new Proto.PermissionGranted
            {
                User = e.User,
                VirtualHost = e.VirtualHost,
                Configure = e.Permission.Configure,
                Write = e.Permission.Write,
                Read = e.Permission.Read,
                Origin = e.Origin.ToForm(),
            },
            p => new PermissionGranted(p.User, p.VirtualHost, new Permission(p.Configure, p.Write, p.Read), p.Origin.ToOrigin()));
    }
}

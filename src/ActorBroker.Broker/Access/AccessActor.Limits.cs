using System.Diagnostics;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Broker.Access;

/// <content>
/// Limits of virtual hosts and users, and the connections that count against them. Connections are not in the journal:
/// those that live say so to the next incarnation, which until then may let in too many.
/// </content>
public sealed partial class AccessActor
{
    private readonly AccessLimits _limits = new();
    private readonly Dictionary<IActorRef, CountedConnection> _connections = [];

    private void Open(OpenVirtualHost open, IActorRef asker)
    {
        // Whether the user may enter has been decided where it was let in.
        var refusal = _current.IsOpen(open.VirtualHost)
            ? _limits.CheckConnection(_current, open.User, open.VirtualHost)
            : new Refusal(RefusalReason.NotAllowed, $"vhost {open.VirtualHost} not found");
        if (refusal is null)
        {
            Count(asker, open.User, open.VirtualHost, channels: 0);
            if (CountsChannels(open.User))
            {
                asker.Tell(new ConnectionCounted(CountsChannels: true));
            }
        }

        asker.Tell(new VirtualHostOpened(open.RequestId, refusal));
    }

    private void AnswerCounting(AccessCommand command, IActorRef asker)
    {
        switch (command)
        {
            case CountConnection count:
                Count(asker, count.User, count.VirtualHost, count.Channels);
                asker.Tell(new ConnectionCounted(CountsChannels(count.User)));
                break;
            case OpenChannel open:
                asker.Tell(new ChannelOpened(open.RequestId, AddChannel(asker)));
                break;
            case CloseChannel:
                AddChannels(asker, -1);
                break;
            default:
                throw new UnreachableException($"{command.GetType()} is no command of access.");
        }
    }

    private bool CountsChannels(string user) => _current.LimitsOf(user).ChannelsMax is not null;

    private void TellConnectionsOf(string user)
    {
        var notice = new ConnectionCounted(CountsChannels(user));
        foreach (var (connection, counted) in _connections)
        {
            if (counted.User == user)
            {
                connection.Tell(notice);
            }
        }
    }

    private void Count(IActorRef connection, string user, string virtualHost, int channels)
    {
        Uncount(connection);
        _connections[connection] = new CountedConnection(user, virtualHost) { Channels = channels };
        _limits.CountConnection(user, virtualHost, 1);
        _limits.CountChannels(user, channels);
        Context.Watch(connection);
    }

    private void Forget(IActorRef connection)
    {
        Uncount(connection);
        _connections.Remove(connection);
    }

    private void Uncount(IActorRef connection)
    {
        if (_connections.TryGetValue(connection, out var counted))
        {
            _limits.CountConnection(counted.User, counted.VirtualHost, -1);
            _limits.CountChannels(counted.User, -counted.Channels);
        }
    }

    // One that this incarnation does not know yet is about to say how many it has, this one among them.
    private Refusal? AddChannel(IActorRef connection)
    {
        var refusal = _connections.TryGetValue(connection, out var counted) ? _limits.CheckChannel(_current, counted.User) : null;
        if (refusal is null)
        {
            AddChannels(connection, 1);
        }

        return refusal;
    }

    private void AddChannels(IActorRef connection, int change)
    {
        if (_connections.TryGetValue(connection, out var counted))
        {
            counted.Channels += change;
            _limits.CountChannels(counted.User, change);
        }
    }

    private sealed class CountedConnection(string user, string virtualHost)
    {
        public string User { get; } = user;

        public string VirtualHost { get; } = virtualHost;

        public int Channels { get; set; }
    }
}

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
    private (AccessCommand Command, IActorRef Asker)? _writing;

    private void Open(OpenVirtualHost open, IActorRef asker)
    {
        var refusal = _state.OpenVirtualHost(open.User, open.VirtualHost) ?? _limits.CheckConnection(open.User, open.VirtualHost);
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

    private void AnswerLimits(AccessCommand command, IActorRef asker)
    {
        switch (command)
        {
            case SetVirtualHostLimits set:
                SetLimits(
                    set,
                    _state.HasVirtualHost(set.VirtualHost) ? null : new Refusal(RefusalReason.NotFound, $"vhost {set.VirtualHost} not found"),
                    set.ConnectionsMax < 0,
                    set.ConnectionsMax == _limits.ConnectionsMaxOf(set.VirtualHost),
                    new VirtualHostLimited(set.VirtualHost, set.ConnectionsMax, set.Origin),
                    asker);
                break;
            case SetUserLimits set:
                SetLimits(
                    set,
                    _state.HasUser(set.User) ? null : new Refusal(RefusalReason.NotFound, $"user '{set.User}' not found"),
                    set.Limits.ConnectionsMax < 0 || set.Limits.ChannelsMax < 0,
                    set.Limits == _limits.Of(set.User),
                    new UserLimited(set.User, set.Limits, set.Origin),
                    asker);
                break;
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

    private void SetLimits(AccessCommand command, Refusal? refusal, bool isNegative, bool isNothingNew, AccessEvent change, IActorRef asker)
    {
        if (isNegative)
        {
            refusal ??= new Refusal(RefusalReason.PreconditionFailed, "a limit must not be negative");
        }

        if (refusal is not null || isNothingNew)
        {
            asker.Tell(new LimitsSet(command.RequestId, refusal));
            return;
        }

        _writing = (command, asker);
        Persist(change, written =>
        {
            _writing = null;
            ApplyWritten(written);
            if (written is UserLimited limited)
            {
                TellConnectionsOf(limited.User);
            }

            asker.Tell(new LimitsSet(command.RequestId, null));
        });
    }

    private bool CountsChannels(string user) => _limits.Of(user).ChannelsMax is not null;

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
        var refusal = _connections.TryGetValue(connection, out var counted) ? _limits.CheckChannel(counted.User) : null;
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

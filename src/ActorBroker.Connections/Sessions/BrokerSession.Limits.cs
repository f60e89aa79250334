using ActorBroker.Contracts.Access;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <content>
/// What counts against the limits of the virtual host and the user. The access entity that counts is watched: its next
/// incarnation does not know this connection.
/// </content>
public sealed partial class BrokerSession
{
    private IActorRef? _countedBy;
    private bool _countsChannels;
    private int _channels;

    /// <inheritdoc/>
    public bool OpenChannel(SessionChannel channel, Action<Refusal?> reply)
    {
        _channels++;
        if (!_countsChannels)
        {
            TellOpened(channel);
            return true;
        }

        var id = _requests.Add(answer =>
        {
            var refusal = answer is ChannelOpened opened ? opened.Refusal : Overdue("Opening the channel");
            if (refusal is not null)
            {
                _channels--;
            }
            else
            {
                TellOpened(channel);
            }

            reply(refusal);
        });
        _services.Access.Tell(new OpenChannel(id), _self);
        return false;
    }

    /// <inheritdoc/>
    public void CloseChannel(SessionChannel channel)
    {
        _channels--;
        TellClosed(channel);
        if (_countsChannels)
        {
            _services.Access.Tell(new CloseChannel(), _self);
        }
    }

    private void OnCounted(IActorRef access, ConnectionCounted counted)
    {
        FollowCounting(access);
        var mustTell = counted.CountsChannels && !_countsChannels;
        _countsChannels = counted.CountsChannels;
        if (mustTell)
        {
            TellCount();
        }
    }

    private void FollowCounting(IActorRef access)
    {
        if (!access.Equals(_countedBy))
        {
            _countedBy = access;
            _watch(access);
        }
    }

    private void OnCountingEnded(IActorRef access)
    {
        if (access.Equals(_countedBy))
        {
            _countedBy = null;
            TellCount();
        }
    }

    private void TellCount() => _services.Access.Tell(new CountConnection(User, _virtualHost, _channels), _self);
}

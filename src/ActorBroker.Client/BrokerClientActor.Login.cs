using System.Collections.Immutable;
using ActorBroker.Contracts.Clients;
using ActorBroker.Core.Sessions;
using Akka.Actor;
using Akka.Cluster.Tools.Client;
using Akka.Event;

namespace ActorBroker.Client;

/// <content>
/// Logging in. Each attempt asks all contacts for a receptionist by a ClusterClient of its own, which is stopped when there
/// is a session: nothing else goes through a tunnel, and an attempt that hangs takes nothing along into the next.
/// </content>
internal sealed partial class BrokerClientActor
{
    private readonly IReadOnlyList<ActorPath> _contacts;
    private IActorRef? _tunnel;
    private long _attempt;

    private sealed record LoginOverdue(long Attempt) : INoSerializationVerificationNeeded;

    private void LogIn()
    {
        _attempt++;
        var settings = new ClusterClientSettings(
            initialContacts: _contacts.ToImmutableHashSet(),
            establishingGetContactsInterval: TimeSpan.FromMilliseconds(500),
            refreshContactsInterval: TimeSpan.FromMinutes(1),
            heartbeatInterval: TimeSpan.FromSeconds(2),
            acceptableHeartbeatPause: TimeSpan.FromSeconds(13),
            bufferSize: 1,
            useLegacySerialization: false,
            useInitialContactsDiscovery: false,
            discoverySettings: ClusterClientDiscoverySettings.Empty,
            reconnectTimeout: null,
            verboseLogging: false);
        _tunnel = Context.ActorOf(ClusterClient.Props(settings), $"login-{_attempt}");
        _tunnel.Tell(new ClusterClient.Send(
            ClientSession.Login,
            new OpenClientSession(
                ClientSession.Version, _attempt, _settings.User, _settings.Password, _settings.VirtualHost, _settings.Name ?? Context.System.Name, Self),
            localAffinity: true));
        Timers.StartSingleTimer(nameof(LoginOverdue), new LoginOverdue(_attempt), _settings.LoginTimeout);
    }

    private void OnLoginOverdue(LoginOverdue overdue)
    {
        if (overdue.Attempt == _attempt && !IsOpen && _failure is null)
        {
            EndAttempt();
            LogIn();
        }
    }

    private void OnRefused(ClientSessionRefused refused)
    {
        if (refused.RequestId != _attempt || IsOpen)
        {
            return;
        }

        EndAttempt();
        if (refused.Refusal.Reason is RefusalReason.Unavailable)
        {
            Timers.StartSingleTimer(nameof(LoginOverdue), new LoginOverdue(_attempt), _settings.RetryInterval);
            return;
        }

        _log.Error("The broker does not let this client in: {0}", refused.Refusal.Text);
        _failure = refused.Refusal;
        GiveUp(refused.Refusal);
        TellState();
    }

    private void OnOpened(ClientSessionOpened opened)
    {
        if (opened.RequestId != _attempt || IsOpen)
        {
            // The answer to an attempt that has been given up.
            opened.Session.Tell(new CloseClientSession());
            return;
        }

        EndAttempt();
        _messageSizeMax = opened.MessageSizeMax;
        _publishWindowBytes = opened.PublishWindowBytes;
        _timeout = TimeSpan.FromMilliseconds(opened.TimeoutMs);
        _heardAt = _clock.GetTimestamp();
        _link = new ClientLink(Context.System, Self, opened.Session, (int)Math.Min(int.MaxValue, (long)opened.MessageSizeMax + WordOverheadMax));
        Context.Watch(opened.Session);
        _log.Info("Session with {0} as {1}", opened.Session.Path.Address, _settings.User);
        StartSubscriptions();
        SendRequests();
        TellState();
    }

    private void OnSessionLost(string reason)
    {
        if (_link is null)
        {
            return;
        }

        _log.Warning("The session with {0} is lost: {1}", _link.Peer.Path.Address, reason);
        Context.Unwatch(_link.Peer);
        _link.Peer.Tell(new CloseClientSession(), Self);
        _link = null;
        LoseRequests();
        LosePublishes();
        LoseLeases();
        TellState();
        LogIn();
    }

    private void EndAttempt()
    {
        Timers.Cancel(nameof(LoginOverdue));
        if (_tunnel is not null)
        {
            Context.Stop(_tunnel);
            _tunnel = null;
        }
    }

    private void GiveUp(Refusal refusal)
    {
        RefuseRequests(refusal);
        FailPublishes(refusal);
        EndSubscriptions(refusal);
    }

    private void TellState()
    {
        foreach (var watcher in _watchers)
        {
            watcher.Tell(new SessionState(IsOpen, _failure, _link?.Peer.Path.Address));
        }
    }
}

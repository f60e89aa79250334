using System.Net;
using ActorBroker.Contracts.Access;
using ActorBroker.Core.Sessions;

namespace ActorBroker.Connections.Sessions;

/// <content>Who the client is, and which virtual host it works in.</content>
public sealed partial class BrokerSession
{
    /// <inheritdoc/>
    public void Authenticate(string user, string password, Action<Refusal?> reply)
    {
        _user = user;
        AskForUser(
            refusal =>
            {
                TellLogin(refusal);
                reply(refusal);
            },
            id => new AuthenticateUser(id, user, password, IPAddress.IsLoopback(_peer.Address)));
    }

    /// <inheritdoc/>
    public void UpdateSecret(string secret, Action<Refusal?> reply) =>
        AskForUser(reply, id => new RenewUser(id, _user, _virtualHost, secret));

    private void AskForUser(Action<Refusal?> reply, Func<long, AccessCommand> request)
    {
        _requests.Ask(
            answer =>
            {
                IsImpersonator = answer is UserAuthenticated { Refusal: null, IsImpersonator: true };
                reply(answer is UserAuthenticated authenticated ? authenticated.Refusal : Overdue("The login"));
            },
            id => _services.Access.Tell(request(id), _self));
    }

    /// <inheritdoc/>
    public void OpenVirtualHost(string name, Action<Refusal?> reply)
    {
        _virtualHost = name;
        _requests.Ask(
            answer =>
            {
                var refusal = answer is VirtualHostOpened opened ? opened.Refusal : Overdue("Opening the virtual host");
                if (refusal is null)
                {
                    Enter(name, reply);
                }
                else
                {
                    reply(refusal);
                }
            },
            id => _services.Access.Tell(new OpenVirtualHost(id, _user, name), _self));
    }

    private void Enter(string virtualHost, Action<Refusal?> reply)
    {
        _isCounted = _services.Connections.TryEnter();
        if (!_isCounted)
        {
            reply(new Refusal(
                RefusalReason.NotAllowed, $"connection refused: node connection limit ({_services.Connections.Maximum}) is reached"));
            return;
        }

        // Names first, so that publishes to the default exchange need not wait for them one by one.
        LoadVirtualHost(
            () =>
            {
                TellOpened();
                reply(null);
            },
            refused => reply(new Refusal(
                RefusalReason.Unavailable,
                $"access to vhost '{virtualHost}' refused for user '{_user}': vhost '{virtualHost}' is down: {refused.Text}")));
    }
}

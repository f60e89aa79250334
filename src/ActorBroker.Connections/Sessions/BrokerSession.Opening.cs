using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Akka.Actor;

namespace ActorBroker.Connections.Sessions;

/// <content>Who the client is, and which virtual host it works in.</content>
public sealed partial class BrokerSession
{
    /// <inheritdoc/>
    public void Authenticate(Credential credential, Action<Refusal?> reply)
    {
        ArgumentNullException.ThrowIfNull(credential);
        AskWho(_services.Users.Logins.LoginAsync(new LoginAttempt(credential, _peer.Address), CancellationToken.None), result =>
        {
            _identity = result.Identity;
            TellLogin(result.Identity?.User ?? credential.ClaimedUser, result.Refusal);
            reply(result.Refusal);
        });
    }

    /// <inheritdoc/>
    public void UpdateSecret(string secret, Action<Refusal?> reply) =>
        AskWho(_services.Users.Logins.RenewAsync(_identity!, secret, CancellationToken.None), result =>
        {
            if (result.Identity is null)
            {
                reply(result.Refusal);
                return;
            }

            _identity = result.Identity;
            PermitVirtualHost(_virtualHost, reply, () => reply(null));
        });

    private void AskWho(Task<LoginResult> login, Action<LoginResult> reply)
    {
        var id = _requests.Add(answer => reply((answer as LoginDone)?.Result ?? LoginResult.Refused(Overdue("The login"))));
        _ = login.PipeTo(
            _self,
            _self,
            result => new LoginDone(id, result),
            failure => new LoginDone(id, LoginResult.Refused(new Refusal(RefusalReason.Unavailable, failure.Message))));
    }

    /// <inheritdoc/>
    public void OpenVirtualHost(string name, Action<Refusal?> reply) => PermitVirtualHost(name, reply, () =>
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
            id => _services.Access.Tell(new OpenVirtualHost(id, User, name), _self));
    });

    private void PermitVirtualHost(string name, Action<Refusal?> refuse, Action go)
    {
        if (!_services.Users.Tables.Current.IsOpen(name))
        {
            Later(() => refuse(new Refusal(RefusalReason.NotAllowed, $"vhost {name} not found")));
            return;
        }

        switch (Authorization.Enter(name, () => Later(() => PermitVirtualHost(name, refuse, go))))
        {
            case AccessDecision.Allowed:
                go();
                break;
            case AccessDecision.Refused:
                Later(() => refuse(new Refusal(RefusalReason.NotAllowed, $"access to vhost '{name}' refused for user '{User}'")));
                break;
        }
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
                $"access to vhost '{virtualHost}' refused for user '{User}': vhost '{virtualHost}' is down: {refused.Text}")));
    }
}

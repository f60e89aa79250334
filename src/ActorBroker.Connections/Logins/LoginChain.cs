using ActorBroker.Contracts.Access;
using ActorBroker.Core.Access;
using ActorBroker.Core.Sessions;
using Akka.Event;

namespace ActorBroker.Connections.Logins;

/// <summary>
/// Asks several, one after the other, until one lets the client in (RabbitMQ: <c>auth_backends</c>). Whoever has let a client
/// in decides what it may do, and is asked again when it renews its secret.
/// </summary>
/// <param name="services">In the order of asking.</param>
/// <param name="log">Told why the earlier ones refused, where a later one is asked.</param>
public sealed class LoginChain(IReadOnlyList<ILoginService> services, ILoggingAdapter log) : ILoginService
{
    /// <inheritdoc/>
    public Task<LoginResult> LoginAsync(LoginAttempt attempt, CancellationToken cancellation) =>
        AskAsync(service => service.LoginAsync(attempt, cancellation));

    /// <inheritdoc/>
    public Task<LoginResult> RenewAsync(Identity identity, string secret, CancellationToken cancellation) =>
        AskAsync(service => service.RenewAsync(identity, secret, cancellation));

    private async Task<LoginResult> AskAsync(Func<ILoginService, Task<LoginResult>> ask)
    {
        Refusal? unavailable = null;
        for (var i = 0; ; i++)
        {
            var result = await ask(services[i]).ConfigureAwait(false);
            if (result.Refusal is not { } refusal)
            {
                return result;
            }

            unavailable ??= refusal.Reason == RefusalReason.Unavailable ? refusal : null;
            if (i == services.Count - 1)
            {
                // Somebody who could not be asked may have known the client.
                return unavailable is null ? result : LoginResult.Refused(unavailable);
            }

            log.Debug("{0} refuses: {1}", services[i].GetType().Name, refusal.Text);
        }
    }
}

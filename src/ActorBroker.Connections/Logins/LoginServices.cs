using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Contracts.Access;
using ActorBroker.Contracts.Options;
using ActorBroker.Contracts.Tls;
using Akka.Event;

namespace ActorBroker.Connections.Logins;

/// <summary>Makes what says who clients are, as it is configured.</summary>
public static class LoginServices
{
    // Keys of an issuer, or one line of an answer.
    private const int AnswerBytesMax = 1024 * 1024;

    private static readonly TimeSpan KeysTimeout = TimeSpan.FromSeconds(10);

    /// <param name="options">Who is asked.</param>
    /// <param name="users">The users that the broker keeps.</param>
    /// <param name="clock">Wall clock and elapsed time.</param>
    /// <param name="log">Told what goes wrong.</param>
    /// <exception cref="StartupException">A file that is named cannot be used.</exception>
    public static ILoginService Create(LoginOptions options, ILoginService users, TimeProvider clock, ILoggingAdapter log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ILoginService[] services =
        [
            .. options.Backends.Select(backend => backend switch
            {
                LoginBackend.OAuth => Tokens(options.OAuth!, clock),
                LoginBackend.Http => new HttpLogins(options.Http!, new HttpQuestions(Client(options.Http!.Authority, "http", options.Http.Timeout), options.Http.Posts), clock),
                _ => users,
            }),
        ];
        return services is [var only] ? only : new LoginChain(services, log);
    }

    private static TokenLogins Tokens(OAuthOptions options, TimeProvider clock) => new(
        options, new TokenKeys(options, options.JwksUrl is null ? null : Client(options.JwksAuthority, "oauth", KeysTimeout), clock), clock);

    private static HttpClient Client(string? authority, string section, TimeSpan timeout)
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), UseCookies = false, AllowAutoRedirect = false };
        if (authority is not null)
        {
            var key = section == "oauth" ? "jwks-ca" : "ca";
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(CertificateLoader.LoadAll(authority, $"actorbroker.login.{section}.{key}"));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return new HttpClient(handler) { Timeout = timeout, MaxResponseContentBufferSize = AnswerBytesMax };
    }
}

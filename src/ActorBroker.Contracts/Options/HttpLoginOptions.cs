namespace ActorBroker.Contracts.Options;

/// <summary>A service that says by HTTP who a client is and what it may do (RabbitMQ: rabbitmq_auth_backend_http).</summary>
/// <param name="UserUrl">Asked who a client is.</param>
/// <param name="VirtualHostUrl">Asked whether a user may enter a virtual host.</param>
/// <param name="ResourceUrl">Asked whether a user may do something with a queue or exchange.</param>
/// <param name="TopicUrl">Asked whether a user may use a routing key.</param>
/// <param name="Posts">Asks by POST, with a form; otherwise by GET.</param>
/// <param name="Timeout">How long an answer may take.</param>
/// <param name="CacheFor">How long an answer holds.</param>
/// <param name="Authority">PEM file of the certificates that sign the service's; null for those that the machine trusts.</param>
public sealed record HttpLoginOptions(
    Uri UserUrl, Uri VirtualHostUrl, Uri ResourceUrl, Uri TopicUrl, bool Posts, TimeSpan Timeout, TimeSpan CacheFor, string? Authority)
{
    private const string Section = "actorbroker.login.http";

    /// <summary>Null where it is off.</summary>
    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static HttpLoginOptions? Read(SettingReader settings, bool isOn)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (user, virtualHost, resource, topic) = (Url("user-url"), Url("vhost-url"), Url("resource-url"), Url("topic-url"));
        var posts = settings.OneOf($"{Section}.method", ("get", false), ("post", true));
        var timeout = settings.Duration($"{Section}.timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        var cacheFor = settings.Duration($"{Section}.cache-for", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        var authority = settings.TextIfAny($"{Section}.ca");
        return isOn ? new HttpLoginOptions(user!, virtualHost!, resource!, topic!, posts, timeout, cacheFor, authority) : null;

        Uri? Url(string name) => HttpUrl.ReadIfAny(settings, $"{Section}.{name}")
            ?? (isOn ? throw SettingReader.Expected($"{Section}.{name}", "\"\"", "a URL, as http is among the back ends") : null);
    }
}

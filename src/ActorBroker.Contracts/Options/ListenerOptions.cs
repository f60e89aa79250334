using System.Net;

namespace ActorBroker.Contracts.Options;

/// <summary>One place where clients connect.</summary>
/// <param name="Name">Name of the listener, as in actorbroker.listeners.NAME and in the ready line.</param>
/// <param name="Enabled">Whether it is bound at start.</param>
/// <param name="Host">Address or host name to bind; <c>*</c> and <c>::</c> are every address.</param>
/// <param name="Port">TCP port, 0 for any that is free.</param>
public sealed record ListenerOptions(string Name, bool Enabled, string Host, int Port)
{
    /// <summary>AMQP 0-9-1 over plain TCP.</summary>
    public const string Amqp = "amqp";

    /// <summary>The same within TLS.</summary>
    public const string Amqps = "amqps";

    /// <summary>HTTP: health checks, and what else the management API has.</summary>
    public const string Http = "http";

    /// <summary>The same within TLS.</summary>
    public const string Https = "https";

    /// <summary>HTTP: metrics for Prometheus.</summary>
    public const string Prometheus = "prometheus";

    /// <summary>Names of all listeners that can be configured, in the order of the ready line.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        Amqp, Amqps, Http, Https, Prometheus, "mqtt", "mqtts", "stomp", "stomps", "ws-mqtt", "ws-stomp", "stream",
    ];

    /// <summary>Names of those that this version serves.</summary>
    public static IReadOnlySet<string> Served { get; } = new HashSet<string>(StringComparer.Ordinal) { Amqp, Amqps, Http, Https, Prometheus };

    /// <summary>All listeners, enabled or not, in the order of <see cref="Names"/>.</summary>
    /// <exception cref="StartupException">A bad value, or one is enabled that this version cannot serve.</exception>
    public static IReadOnlyList<ListenerOptions> ReadAll(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. Names.Select(name => Read(settings, name))];
    }

    private static ListenerOptions Read(SettingReader settings, string name)
    {
        var section = $"actorbroker.listeners.{name}";
        var listener = new ListenerOptions(
            name,
            settings.Switch($"{section}.enabled"),
            settings.Text($"{section}.host"),
            settings.WholeNumber($"{section}.port", 0, IPEndPoint.MaxPort));
        return !listener.Enabled || Served.Contains(name)
            ? listener
            : throw new StartupException($"{section}.enabled = on: this version serves {string.Join(", ", Served)} only");
    }
}

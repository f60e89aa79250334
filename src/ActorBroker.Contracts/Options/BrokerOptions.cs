using Akka.Configuration;

namespace ActorBroker.Contracts.Options;

/// <summary>All settings of a node, checked. Nobody sees a <see cref="Config"/> after this has been read.</summary>
public sealed record BrokerOptions(
    DataOptions Data,
    LoggingOptions Logging,
    AccessOptions Access,
    ClusterOptions Cluster,
    IReadOnlyList<ListenerOptions> Listeners,
    TlsOptions Tls,
    ClientOptions Clients,
    LoginOptions Login,
    Amqp091Options Amqp091,
    AkkaClientOptions AkkaClients,
    QueueOptions Queue,
    JournalOptions Journal,
    IReadOnlyList<NamedJournalOptions> Journals,
    AlarmOptions Alarms,
    IReadOnlyList<PolicyOptions> Policies,
    IReadOnlyList<LimitOptions> Limits,
    IReadOnlyList<string> TracedVirtualHosts)
{
    /// <summary>Where OpenTelemetry's figures and traces go.</summary>
    public TelemetryOptions Telemetry { get; init; } = TelemetryOptions.Off;

    /// <exception cref="StartupException">A value is missing or cannot be used; the message names its key.</exception>
    public static BrokerOptions Read(Config config) => Read(new SettingReader(config));

    /// <inheritdoc cref="Read(Config)"/>
    public static BrokerOptions Read(SettingReader settings) =>
        new(
            DataOptions.Read(settings),
            LoggingOptions.Read(settings),
            AccessOptions.Read(settings),
            ClusterOptions.Read(settings),
            ListenerOptions.ReadAll(settings),
            TlsOptions.Read(settings),
            ClientOptions.Read(settings),
            LoginOptions.Read(settings),
            Amqp091Options.Read(settings),
            AkkaClientOptions.Read(settings),
            QueueOptions.Read(settings),
            JournalOptions.Read(settings),
            NamedJournalOptions.ReadAll(settings),
            AlarmOptions.Read(settings),
            PolicyOptions.ReadAll(settings),
            LimitOptions.ReadAll(settings),
            settings.Texts("actorbroker.traced-virtual-hosts"))
        {
            Management = ManagementOptions.Read(settings),
            Telemetry = TelemetryOptions.Read(settings),
            Audit = AuditOptions.Read(settings),
        };

    /// <summary>What is noted of changes.</summary>
    public AuditOptions Audit { get; init; } = AuditOptions.Off;

    /// <summary>How the management API is used.</summary>
    public ManagementOptions Management { get; init; } = ManagementOptions.Default;

    /// <summary>The listener called <paramref name="name"/>, enabled or not.</summary>
    public ListenerOptions Listener(string name) => Listeners.First(listener => listener.Name == name);
}

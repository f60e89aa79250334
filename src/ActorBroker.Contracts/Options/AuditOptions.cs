namespace ActorBroker.Contracts.Options;

/// <summary>What is noted of changes, and for how long.</summary>
/// <param name="IsEnabled">Changes are noted.</param>
/// <param name="KeptFor">Records older than this go.</param>
/// <param name="KeptBytes">The oldest records go beyond so many bytes.</param>
/// <param name="NotesTransient">Queues and exchanges that end with a connection, a consumer or the broker are noted too.</param>
public sealed record AuditOptions(bool IsEnabled, TimeSpan KeptFor, long KeptBytes, bool NotesTransient)
{
    private const long LargestStore = 1L << 40;

    /// <summary>Nothing is noted.</summary>
    public static AuditOptions Off { get; } = new(IsEnabled: false, TimeSpan.FromDays(1), 1 << 20, NotesTransient: false);

    /// <exception cref="StartupException">A value cannot be used; the message names its key.</exception>
    public static AuditOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new AuditOptions(
            settings.Switch("actorbroker.audit.enabled"),
            settings.Duration("actorbroker.audit.keep", TimeSpan.FromSeconds(1), TimeSpan.FromDays(36_500)),
            settings.Bytes("actorbroker.audit.keep-bytes", 64 * 1024, LargestStore),
            settings.Switch("actorbroker.audit.transient"));
    }
}

namespace ActorBroker.Contracts.Options;

/// <summary>How the management API is used: <c>actorbroker.management</c>.</summary>
/// <param name="CorsOrigins">Origins of web pages that may use it; <c>*</c> for all.</param>
/// <param name="CorsMaxAge">How long browsers may keep what they were told of that.</param>
public sealed record ManagementOptions(IReadOnlyList<string> CorsOrigins, TimeSpan CorsMaxAge)
{
    private const string Section = "actorbroker.management";

    /// <summary>No page of another origin.</summary>
    public static ManagementOptions Default { get; } = new([], TimeSpan.FromMinutes(30));

    /// <exception cref="StartupException">A value cannot be used.</exception>
    public static ManagementOptions Read(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new ManagementOptions(
            settings.Texts($"{Section}.cors-allow-origins"), settings.Duration($"{Section}.cors-max-age", TimeSpan.Zero, TimeSpan.FromDays(1)));
    }
}

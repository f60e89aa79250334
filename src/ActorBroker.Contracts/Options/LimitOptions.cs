using System.Globalization;
using Akka.Configuration;

namespace ActorBroker.Contracts.Options;

/// <summary>Limits that are set at every start, of a virtual host or of a user. Null for no limit.</summary>
/// <param name="VirtualHost">Whose limits; null when a user's.</param>
/// <param name="User">Whose limits; null when a virtual host's.</param>
/// <param name="ConnectionsMax">Most connections in the cluster.</param>
/// <param name="QueuesMax">Of a virtual host: most queues.</param>
/// <param name="ChannelsMax">Of a user: most channels in the cluster.</param>
public sealed record LimitOptions(string? VirtualHost, string? User, long? ConnectionsMax, long? QueuesMax, long? ChannelsMax)
{
    private const string SettingKey = "actorbroker.limits";
    private const string ConnectionsKey = "max-connections";
    private const string QueuesKey = "max-queues";
    private const string ChannelsKey = "max-channels";

    private static readonly string[] KeysOfVirtualHosts = ["vhost", ConnectionsKey, QueuesKey];
    private static readonly string[] KeysOfUsers = ["user", ConnectionsKey, ChannelsKey];

    /// <summary>The limits of the configuration.</summary>
    /// <exception cref="StartupException">One cannot be set.</exception>
    public static IReadOnlyList<LimitOptions> ReadAll(SettingReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return [.. settings.Sections(SettingKey).Select((section, index) => Read(section, string.Create(CultureInfo.InvariantCulture, $"{SettingKey}[{index}]")))];
    }

    private static LimitOptions Read(Config section, string key)
    {
        var keys = section.HasPath("user") ? KeysOfUsers : KeysOfVirtualHosts;
        var unknown = section.AsEnumerable().Select(entry => entry.Key).FirstOrDefault(name => !keys.Contains(name, StringComparer.Ordinal));
        if (unknown is not null)
        {
            throw SettingReader.Expected($"{key}.{unknown}", "...", $"only {string.Join(", ", keys)}");
        }

        return new LimitOptions(
            section.HasPath("user") ? null : section.GetString("vhost", "/"),
            section.HasPath("user") ? section.GetString("user") : null,
            Number(section, ConnectionsKey, key),
            Number(section, QueuesKey, key),
            Number(section, ChannelsKey, key));
    }

    private static long? Number(Config section, string name, string key)
    {
        var text = section.GetString(name, "-1");
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number < 0 ? null : number
            : throw SettingReader.Expected($"{key}.{name}", text, "a whole number, -1 for no limit");
    }
}

using System.Data.Common;
using System.Text.Json.Nodes;
using ActorBroker.Contracts.Options;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorBroker.Management.Nodes;

/// <summary>
/// The settings of a node by their keys, as they are in force, for an operator to read. Passwords are in none of them: what may
/// hold one is left out or replaced by <see cref="Secret"/>, since the answer goes through proxies, logs and tickets.
/// </summary>
internal static class EffectiveConfiguration
{
    /// <summary>Stands for a value that is not told.</summary>
    public const string Secret = "***";

    private const string ConnectionString = "connection-string";

    // What else stands in a connection string may be a password, or lead to one.
    private static readonly string[] ConnectionWords = ["host", "server", "port", "database", "username", "user id", "search path"];

    /// <summary>Whether a setting of that name holds a secret: all names that passwords have in the configuration.</summary>
    /// <param name="name">The last part of a key.</param>
    public static bool IsSecret(string name) => name is "password" or "default-pass";

    /// <summary>All settings of ours, sorted by key; lists and sections within lists as such.</summary>
    /// <param name="config">The node's configuration.</param>
    /// <param name="options">What was made of it: some may be given otherwise than by the configuration.</param>
    public static JsonObject Of(Config config, BrokerOptions options)
    {
        var told = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var key in SettingKeys.In(config))
        {
            told[key] = Told(key[(key.LastIndexOf('.') + 1)..], config.GetValue(key));
        }

        told[$"{SettingKeys.Root}.data.directory"] = options.Data.Directory;
        told[$"{SettingKeys.Root}.access.default-user"] = options.Access.DefaultUser;
        told[$"{SettingKeys.Root}.access.default-vhost"] = options.Access.DefaultVirtualHost;
        return new JsonObject(told.Select(static setting => KeyValuePair.Create(setting.Key, (JsonNode?)setting.Value)));
    }

    private static JsonNode Told(string name, HoconValue value)
    {
        if (value.IsObject())
        {
            return new JsonObject(value.GetObject().Items.Select(static item => KeyValuePair.Create(item.Key, (JsonNode?)Told(item.Key, item.Value))));
        }

        // Akka does not take an empty list for one.
        return value.IsString() ? Told(name, value.GetString()) : new JsonArray([.. value.GetArray().Select(item => Told(name, item))]);
    }

    private static string Told(string name, string text) =>
        text.Length == 0 ? text
        : IsSecret(name) ? Secret
        : name == ConnectionString ? WithoutPassword(text)
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https") ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : text;

    private static string WithoutPassword(string text)
    {
        try
        {
            var given = new DbConnectionStringBuilder { ConnectionString = text };
            return string.Join(';', ConnectionWords.Where(given.ContainsKey).Select(word => $"{word}={given[word]}"));
        }
        catch (ArgumentException)
        {
            return Secret;
        }
    }
}

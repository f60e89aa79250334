using System.Buffers;
using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorBroker.Contracts.Options;

/// <summary>
/// Lays the layers of configuration over each other: the shipped files of hocon/, a profile, the user's file, single
/// settings; the later wins. The shipped files are resources of this assembly, so that tests run with the same ones.
/// </summary>
public static class BrokerConfiguration
{
    /// <summary>The profile of a server: one node, unless another profile lies over it.</summary>
    public const string Embedded = "embedded";

    /// <summary>The profile of one of several servers, over <see cref="Embedded"/>.</summary>
    public const string Cluster = "cluster";

    /// <summary>The profile of a node inside the process of an application.</summary>
    public const string Hosted = "hosted";

    /// <summary>The profile for tests: free ports, no waiting for the disk, messages serialized within a node.</summary>
    public const string Test = "test";

    /// <summary>The profile for an actor system that is no node, and speaks to nodes.</summary>
    public const string Client = "client";

    private const string ShippedFolder = "hocon/";
    private const string ProfileFolder = "hocon/profiles/";
    private const string JournalFolder = "hocon/journals/";

    private static readonly SearchValues<char> NotInKeys = SearchValues.Create(" \t\r\n{}[]:,#$");

    /// <summary>What is shipped, with profiles over it, of which the later lie over the earlier.</summary>
    public static Config Shipped(params ReadOnlySpan<string> profiles)
    {
        var config = Config.Empty;
        foreach (var profile in profiles)
        {
            config = Resource($"{ProfileFolder}{profile}.conf").WithFallback(config);
        }

        foreach (var name in typeof(BrokerConfiguration).Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (name.StartsWith(ShippedFolder, StringComparison.Ordinal) && !name[ShippedFolder.Length..].Contains('/', StringComparison.Ordinal))
            {
                config = config.WithFallback(Resource(name));
            }
        }

        return config;
    }

    /// <summary>Who writes what: all that an actor system of someone else needs to speak to nodes.</summary>
    public static Config Serializers =>
        Resource($"{ProfileFolder}words.conf").WithFallback(Resource($"{ShippedFolder}receptionist.conf"));

    /// <summary>What lies over a node's settings in the actor system of the port for clients.</summary>
    public static Config ClientGate => Resource($"{ProfileFolder}client-gate.conf");

    /// <summary>Settings of the plug-ins for a kind of database, in the sections <c>journal</c> and <c>snapshot-store</c>.</summary>
    /// <param name="kind">Name of the file in hocon/journals.</param>
    public static Config Journal(string kind) => Resource($"{JournalFolder}{kind}.conf");

    /// <summary>Puts settings below a path.</summary>
    public static Config At(Config settings, params ReadOnlySpan<string> path)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var value = settings.Root;
        for (var i = path.Length - 1; i >= 0; i--)
        {
            var parent = new HoconObject();
            parent.Items[path[i]] = value;
            value = new HoconValue();
            value.AppendValue(parent);
        }

        return new Config(new HoconRoot(value));
    }

    /// <summary>The whole configuration of a node.</summary>
    /// <param name="profile">Name of a shipped profile of servers.</param>
    /// <param name="file">A HOCON file of the user, or null.</param>
    /// <param name="settings">KEY=VALUE pairs, the last one first in force.</param>
    /// <exception cref="StartupException">
    /// The file cannot be read or is not HOCON, a pair is not KEY=VALUE, or a key below actorbroker does not exist.
    /// </exception>
    public static Config Load(string profile, string? file, IEnumerable<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var config = profile switch
        {
            Embedded => Shipped(Embedded),
            Cluster => Shipped(Embedded, Cluster),
            _ => throw new StartupException($"--profile {profile}: expected {Embedded} or {Cluster}"),
        };
        return Over(config, file, settings);
    }

    /// <summary>The whole configuration of a node that is no server: part of another process, or of a test.</summary>
    /// <param name="profile">Name of a shipped profile.</param>
    /// <param name="file">A HOCON file of the user, or null.</param>
    /// <param name="settings">KEY=VALUE pairs, the last one first in force.</param>
    /// <exception cref="StartupException">As for <see cref="Load"/>.</exception>
    public static Config LoadPart(string profile, string? file, IEnumerable<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Over(Shipped(profile), file, settings);
    }

    /// <summary>Lays settings that follow from others over all.</summary>
    /// <param name="config">The configuration so far.</param>
    /// <param name="settings">KEY=VALUE pairs.</param>
    public static Config With(Config config, params IEnumerable<string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Aggregate(config, static (all, setting) => UserSetting(setting).WithFallback(all));
    }

    private static Config Over(Config config, string? file, IEnumerable<string> settings)
    {
        var known = SettingKeys.In(config).ToHashSet(StringComparer.Ordinal);
        if (file is not null)
        {
            var given = UserFile(file);
            SettingKeys.RefuseUnknown(given, file, known);
            config = given.WithFallback(config);
        }

        foreach (var setting in settings)
        {
            var given = UserSetting(setting);
            SettingKeys.RefuseUnknown(given, "--set", known);
            config = given.WithFallback(config);
        }

        return config;
    }

    private static Config Resource(string name)
    {
        using var stream = typeof(BrokerConfiguration).Assembly.GetManifestResourceStream(name)
                           ?? throw new StartupException($"the shipped configuration has no {name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Parse(reader.ReadToEnd(), name);
    }

    private static Config UserFile(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--config {path}: {failure.Message}", failure);
        }
    }

    private static Config UserSetting(string setting)
    {
        var separator = setting.IndexOf('=', StringComparison.Ordinal);
        var key = separator < 0 ? string.Empty : setting[..separator].Trim();
        if (key.Length == 0 || key.AsSpan().ContainsAny(NotInKeys))
        {
            throw new StartupException($"--set {setting}: expected KEY=VALUE, such as actorbroker.listeners.amqp.port=5673");
        }

        return Parse($"{key} = {Quoted(setting[(separator + 1)..].Trim())}", $"--set {setting}");
    }

    // Lists, objects and quoted texts are HOCON already; anything else is one value, whatever characters it has.
    private static string Quoted(string value) =>
        value is ['[' or '{' or '"', ..]
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static Config Parse(string text, string origin)
    {
        try
        {
            return ConfigurationFactory.ParseString(text);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The parser of Akka throws whatever it stumbles over.
            throw new StartupException($"{origin}: not valid HOCON: {failure.Message.ReplaceLineEndings(" ")}", failure);
        }
    }
}

using ActorBroker.Contracts.Options;
using Akka.Configuration;

namespace ActorBroker.Server.Composition;

/// <summary>What the command line and the environment say about a node.</summary>
/// <param name="Data">Folder for data, or null for the configured one.</param>
/// <param name="ConfigFile">HOCON file of the user, or null.</param>
/// <param name="Settings">KEY=VALUE pairs.</param>
/// <param name="Profile">A profile by name, or null for the one that fits: cluster where other nodes are named.</param>
internal sealed record NodeArguments(string? Data, string? ConfigFile, IReadOnlyList<string> Settings, string? Profile = null)
{
    public Config LoadConfiguration()
    {
        var config = BrokerConfiguration.Load(Profile ?? BrokerConfiguration.Embedded, ConfigFile, Settings);
        if (Profile is null && ClusterOptions.Read(new SettingReader(config)).IsOneOfSeveral)
        {
            config = BrokerConfiguration.Load(BrokerConfiguration.Cluster, ConfigFile, Settings);
        }

        return ClusterOptions.Apply(config);
    }

    /// <summary>The checked options, with --data and RABBITMQ_DEFAULT_* in the place of what the files say.</summary>
    public BrokerOptions ReadOptions(Config config)
    {
        var options = BrokerOptions.Read(config);
        return options with
        {
            Data = Data is null ? options.Data : new DataOptions(Data),
            Access = options.Access with
            {
                DefaultUser = Environmental("RABBITMQ_DEFAULT_USER") ?? options.Access.DefaultUser,
                DefaultPassword = Environmental("RABBITMQ_DEFAULT_PASS") ?? options.Access.DefaultPassword,
                DefaultVirtualHost = Environmental("RABBITMQ_DEFAULT_VHOST") ?? options.Access.DefaultVirtualHost,
            },
        };
    }

    // Container files often pass a variable on empty; that means that it is not set.
    private static string? Environmental(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

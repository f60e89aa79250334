using ActorBroker.RabbitMqCtl.Invocation;

namespace ActorBroker.RabbitMqCtl.Commands;

/// <summary>Commands of RabbitMQ that have no meaning here, or none that the API could give them: they are refused by their reason.</summary>
internal static class ForeignCommands
{
    private const string NoErlang = "the broker does not run on Erlang, so there is nothing to evaluate code";
    private const string ByItself = "nodes join and leave by their configuration, see its README";
    private const string ByProcess = "the broker is its process: start and end that";
    private const string ByConfiguration = "set it in the broker's configuration";
    private const string NoMirrors = "queues have no mirrors";
    private const string NoSecrets = "the broker's configuration holds no encrypted values";

    private static readonly (string Name, string Description, string Reason)[] Refused =
    [
        ("eval", "Evaluates a snippet of Erlang code on the target node", NoErlang),
        ("eval_file", "Evaluates a file that contains a snippet of Erlang code on the target node", NoErlang),
        ("exec", "Evaluates a snippet of Elixir code on the CLI node", NoErlang),
        ("stop", "Stops RabbitMQ and its runtime (Erlang VM)", ByProcess),
        ("shutdown", "Stops RabbitMQ and its runtime (Erlang VM)", ByProcess),
        ("force_boot", "Forces node to start even if it cannot contact or rejoin any of its previously known peers", ByItself),
        ("join_cluster", "Instructs the node to become a member of the cluster that the specified node is in", ByItself),
        ("forget_cluster_node", "Removes a node from the cluster", ByItself),
        ("change_cluster_node_type", "Changes the type of the cluster node", ByItself),
        ("rename_cluster_node", "Renames cluster nodes in the local database", ByItself),
        ("update_cluster_nodes", "Instructs a cluster member node to sync the list of known cluster members from <seed_node>", ByItself),
        ("set_log_level", "Sets log level in the running node", ByConfiguration),
        ("rotate_logs", "Does nothing [deprecated]", "the broker logs to standard output"),
        ("suspend_listeners", "Suspends client connection listeners so that no new client connections are accepted", ByConfiguration),
        ("resume_listeners", "Resumes client connection listeners making them accept client connections again", ByConfiguration),
        ("sync_queue", "Instructs a mirrored queue with unsynchronised mirrors to synchronise them", NoMirrors),
        ("cancel_sync_queue", "Instructs a synchronising mirrored queue to stop synchronising itself", NoMirrors),
        ("encode", "Encrypts a sensitive configuration value", NoSecrets),
        ("decode", "Decrypts an encrypted configuration value", NoSecrets),
        ("list_ciphers", "Lists cipher suites supported by encoding commands", NoSecrets),
        ("list_hashes", "Lists hash functions supported by encoding commands", NoSecrets),
    ];

    public static IEnumerable<Command> All => Refused.Select(static one => new Command(one.Name, HelpSection.Other, one.Name, $"{one.Description} (not supported)")
    {
        Takes = (0, int.MaxValue),
        IsOffline = true,
        Run = _ => throw CommandFailedException.Of(ExitCodes.Unavailable, $"'{one.Name}' is not supported by ActorBroker: {one.Reason}"),
    });
}

using ActorBroker.CommandLine.Api;

namespace ActorBroker.RabbitMqCtl.Invocation;

/// <summary>
/// Where the broker's API is, and as whom it is asked. RabbitMQ's tool needs neither, having the node's cookie; scripts that
/// call it say nothing, so all of it comes from the environment.
/// </summary>
internal static class BrokerAddress
{
    public const string UrlVariable = "ACTORBROKER_URL";
    public const string UserVariable = "ACTORBROKER_USER";
    public const string PasswordVariable = "ACTORBROKER_PASSWORD";
    public const string AuthorityVariable = "ACTORBROKER_CA_FILE";

    // What a container is started with is there for commands that are run inside it, too.
    private const string DefaultUserVariable = "RABBITMQ_DEFAULT_USER";
    private const string DefaultPasswordVariable = "RABBITMQ_DEFAULT_PASS";

    /// <summary>What the environment says.</summary>
    /// <exception cref="FormatException">It makes no sense.</exception>
    public static ManagementEndpoint Of(Terminal terminal)
    {
        var (address, user, password) = ManagementEndpoint.Parse(Variable(terminal, UrlVariable) ?? ManagementEndpoint.DefaultAddress);
        return new ManagementEndpoint(
            address,
            user ?? Variable(terminal, UserVariable) ?? Variable(terminal, DefaultUserVariable) ?? ManagementEndpoint.DefaultUser,
            password ?? Variable(terminal, PasswordVariable) ?? Variable(terminal, DefaultPasswordVariable) ?? ManagementEndpoint.DefaultUser)
        {
            AuthorityFile = Variable(terminal, AuthorityVariable),
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
    }

    private static string? Variable(Terminal terminal, string name) => terminal.Variable(name) is { Length: > 0 } value ? value : null;
}

using System.CommandLine;
using ActorBroker.CommandLine.Api;

namespace ActorBroker.CommandLine.Invocation;

/// <summary>The options that say which broker a command asks, and as whom. What is not given is taken from the environment.</summary>
internal sealed class ConnectionOptions
{
    public const string UrlVariable = "ACTORBROKER_URL";
    public const string UserVariable = "ACTORBROKER_USER";
    public const string PasswordVariable = "ACTORBROKER_PASSWORD";
    public const string VirtualHostVariable = "ACTORBROKER_VHOST";
    public const string AuthorityVariable = "ACTORBROKER_CA_FILE";

    private readonly Option<string?> _url = new("--url")
    {
        Description = $"Address of the management API, or {UrlVariable}. [default: {ManagementEndpoint.DefaultAddress}]",
        HelpName = "URL",
    };

    private readonly Option<string?> _user = new("--user")
    {
        Description = $"User who asks, or {UserVariable}. [default: {ManagementEndpoint.DefaultUser}]",
        HelpName = "NAME",
    };

    private readonly Option<string?> _password = new("--password")
    {
        Description = $"That user's password, or {PasswordVariable}; asked for where a user is given without one.",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _authority = new("--ca-file")
    {
        Description = $"PEM file of certificate authorities that vouch for the broker, or {AuthorityVariable}. [default: the machine's]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _certificate = new("--cert") { Description = "PEM file of a certificate to show to the broker, where it asks for one.", HelpName = "FILE" };

    private readonly Option<string?> _key = new("--key-file") { Description = "PEM file of its private key. [default: the certificate's file]", HelpName = "FILE" };

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Take any certificate for the broker's." };

    private readonly Option<double> _timeout = new("--timeout")
    {
        Description = "Seconds that an answer may take.",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => 60,
    };

    /// <summary>The virtual host that a command is about; for those commands that have one.</summary>
    public Option<string?> VirtualHost { get; } = new("--vhost")
    {
        Description = $"Virtual host, or {VirtualHostVariable}. [default: /, and for lists all that there are]",
        HelpName = "NAME",
    };

    /// <summary>Prints JSON.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Print JSON, one value a line." };

    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_user);
        command.Options.Add(_password);
        command.Options.Add(_authority);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
        command.Options.Add(_insecure);
        command.Options.Add(_timeout);
        command.Options.Add(Json);
    }

    /// <summary>The virtual host that was given; null where none was.</summary>
    public string? VirtualHostOf(ParseResult parsed, CommandConsole console) =>
        (parsed.GetResult(VirtualHost) is null ? null : parsed.GetValue(VirtualHost)) ?? console.Variable(VirtualHostVariable);

    /// <summary>Where to ask, and as whom; asks for the password that is missing.</summary>
    /// <exception cref="FormatException">What is wrong with an option, in one line.</exception>
    public ManagementEndpoint EndpointOf(ParseResult parsed, CommandConsole console)
    {
        var (address, urlUser, urlPassword) = ManagementEndpoint.Parse(
            parsed.GetValue(_url) ?? console.Variable(UrlVariable) ?? ManagementEndpoint.DefaultAddress);
        var user = parsed.GetValue(_user) ?? urlUser ?? console.Variable(UserVariable);
        var password = parsed.GetValue(_password) ?? urlPassword ?? console.Variable(PasswordVariable)
            ?? (user is null or ManagementEndpoint.DefaultUser ? ManagementEndpoint.DefaultUser : AskedPassword(user, console));
        var seconds = parsed.GetValue(_timeout);
        return new ManagementEndpoint(address, user ?? ManagementEndpoint.DefaultUser, password)
        {
            AuthorityFile = parsed.GetValue(_authority) ?? console.Variable(AuthorityVariable),
            CertificateFile = parsed.GetValue(_certificate),
            KeyFile = parsed.GetValue(_key),
            AcceptsAnyCertificate = parsed.GetValue(_insecure),
            Timeout = seconds is > 0 and < 86400
                ? TimeSpan.FromSeconds(seconds)
                : throw new FormatException("--timeout is a number of seconds above 0 and below a day"),
        };
    }

    private static string AskedPassword(string user, CommandConsole console) => console.CanAsk
        ? console.AskSecret($"Password of {user}:", mayBeEmpty: true)
        : throw new FormatException($"no password for user {user}: give --password or {PasswordVariable}");
}

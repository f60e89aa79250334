using System.Globalization;

namespace ActorBroker.Testing.Processes;

/// <summary>Address of the AMQP listener under test.</summary>
public sealed record BrokerEndpoint(string Host, int Port)
{
    /// <summary>Environment variable that names a running broker (<c>host:port</c>) to be tested in place of one started here.</summary>
    public const string Variable = "ACTORBROKER_TEST_AMQP_ENDPOINT";

    /// <summary>The broker named by <see cref="Variable"/>, or null when the tests start their own.</summary>
    public static BrokerEndpoint? FromEnvironment()
    {
        var value = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(value) ? null : Parse(value);
    }

    public static BrokerEndpoint Parse(string value)
    {
        var colon = value.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            throw new FormatException($"'{value}' is not host:port");
        }

        return new BrokerEndpoint(value[..colon].Trim('[', ']'), port);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}

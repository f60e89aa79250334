using Xunit;

namespace ActorBroker.Interop.Tests.Hosting;

/// <summary>The broker that the tests of a collection share: one started for them, or the one the environment names.</summary>
public class BrokerFixture : IAsyncLifetime
{
    /// <summary>The time any single answer of the broker may take before a test gives up.</summary>
    public static readonly TimeSpan Limit = BrokerProcess.AnswerLimit;

    private BrokerProcess? _process;

    public BrokerEndpoint Endpoint { get; private set; } = new("127.0.0.1", 0);

    /// <summary>False when the tests run against a broker that somebody else started, such as RabbitMQ.</summary>
    public bool IsOwn => _process is not null;

    public async Task InitializeAsync()
    {
        if (BrokerEndpoint.FromEnvironment() is { } running)
        {
            Endpoint = running;
            return;
        }

        _process = await BrokerProcess.StartAsync();
        Endpoint = _process.Endpoint;
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}

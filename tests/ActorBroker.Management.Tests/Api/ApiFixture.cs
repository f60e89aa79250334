using System.Net;
using ActorBroker.Contracts.Management;
using Xunit;

namespace ActorBroker.Management.Tests.Api;

/// <summary>A broker that the tests of a collection share.</summary>
public class ApiFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorbroker-api-");
    private ApiBroker _broker = null!;

    /// <inheritdoc cref="ApiBroker.EndPoint"/>
    public IPEndPoint EndPoint => _broker.EndPoint;

    /// <inheritdoc cref="ApiBroker.Url"/>
    public string Url => _broker.Url;

    /// <inheritdoc cref="ApiBroker.Amqp"/>
    public IPEndPoint Amqp => _broker.Amqp;

    /// <inheritdoc cref="ApiBroker.View"/>
    public IManagementView View => _broker.View;

    public async Task InitializeAsync() => _broker = await ApiBroker.StartAsync(_folder.FullName);

    public async Task DisposeAsync()
    {
        await _broker.KillAsync();
        _folder.Delete(recursive: true);
    }
}

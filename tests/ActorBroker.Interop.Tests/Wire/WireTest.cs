using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Wire;

/// <summary>A test that speaks AMQP 0-9-1 byte by byte.</summary>
[Collection(RawSocket.Name)]
public abstract class WireTest(BrokerFixture broker)
{
    protected BrokerFixture Broker { get; } = broker;

    /// <summary>An open connection with channel 1 open on it.</summary>
    protected async Task<RawConnection> OpenWithChannelAsync(uint frameMax = 131072)
    {
        var connection = await RawConnection.OpenAsync(Broker.Endpoint, frameMax: frameMax);
        await connection.OpenChannelAsync(1);
        return connection;
    }

    /// <summary>Sends on a connection with channel 1 open, and expects the connection to be closed with this code.</summary>
    protected async Task<CloseReason> ConnectionErrorAsync(ushort code, Func<RawConnection, Task> send)
    {
        await using var connection = await OpenWithChannelAsync();
        await send(connection);
        var reason = await connection.ExpectConnectionCloseAsync();
        Assert.True(code == reason.Code, $"expected {code}, got {reason}");
        return reason;
    }
}

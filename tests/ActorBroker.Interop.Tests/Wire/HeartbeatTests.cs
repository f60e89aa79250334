using System.Diagnostics;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Wire;

public sealed class HeartbeatTests(BrokerFixture broker) : WireTest(broker)
{
    [Fact]
    public async Task The_server_sends_heartbeats_and_gives_up_on_a_silent_client()
    {
        await using var connection = await RawConnection.OpenAsync(Broker.Endpoint, heartbeatSeconds: 1);
        var silence = Stopwatch.StartNew();
        Assert.Equal(FrameType.Heartbeat, (await connection.ReadFrameAsync()).Type);
        Assert.True(silence.Elapsed < TimeSpan.FromSeconds(10), $"the first heartbeat took {silence.Elapsed}");

        var rest = await connection.ExpectEndAsync();

        // §4.2.7: no close handshake with a peer that is taken for dead. Two intervals of silence are due to it.
        Assert.True(silence.Elapsed >= TimeSpan.FromSeconds(1.5), $"given up after {silence.Elapsed}");
        Assert.True(silence.Elapsed < TimeSpan.FromSeconds(20), $"given up only after {silence.Elapsed}");
        Assert.Equal(0, rest.Length % 8);
        Assert.All(rest.Chunk(8), frame => Assert.Equal(new byte[] { 8, 0, 0, 0, 0, 0, 0, RawFrame.End }, frame));
    }

    [Fact]
    public async Task A_client_that_sends_heartbeats_stays_connected()
    {
        await using var connection = await RawConnection.OpenAsync(Broker.Endpoint, heartbeatSeconds: 1);

        // Each heartbeat of the server is answered: more of them than a silent client would live to see.
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal(FrameType.Heartbeat, (await connection.ReadFrameAsync()).Type);
            await connection.SendFrameAsync(FrameType.Heartbeat, 0, []);
        }

        await connection.OpenChannelAsync(1);
    }
}

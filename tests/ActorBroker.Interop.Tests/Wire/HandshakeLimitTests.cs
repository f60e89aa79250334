using System.Diagnostics;
using ActorBroker.Interop.Tests.Hosting;
using Xunit;

namespace ActorBroker.Interop.Tests.Wire;

/// <summary>The handshake time limit, on a broker started with a short one.</summary>
public sealed class HandshakeLimitTests
{
    [OwnBrokerFact]
    public async Task A_handshake_that_takes_longer_than_its_limit_is_cut_off()
    {
        await using var broker = await BrokerProcess.StartAsync("actorbroker.amqp091.handshake-timeout=1s");
        var waited = Stopwatch.StartNew();
        await using var silent = await RawConnection.ConnectAsync(broker.Endpoint);
        await using var started = await RawConnection.StartAsync(broker.Endpoint);
        await using var open = await RawConnection.OpenAsync(broker.Endpoint);

        Assert.Empty(await silent.ExpectEndAsync());
        await started.ExpectEndAsync();

        Assert.True(waited.Elapsed >= TimeSpan.FromSeconds(0.9), $"cut off after {waited.Elapsed}");
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(10), $"cut off only after {waited.Elapsed}");
        await open.OpenChannelAsync(1);
    }
}

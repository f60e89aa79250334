using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorBroker.Connections.Sockets;
using ActorBroker.Testing.Certificates;
using Akka.Streams.Dsl;
using Xunit;
using static ActorBroker.Connections.Tests.Sockets.SocketProbe;

namespace ActorBroker.Connections.Tests.Sockets;

public sealed class TlsTransferTests : SocketStageSpec
{
    private static readonly X509Certificate2 Certificate = new TestAuthority("authority").Sign("localhost");

    [Fact]
    public async Task An_idle_session_holds_no_buffer_and_nothing_is_received_without_demand()
    {
        var (probe, pair, client) = await ConnectTlsAsync();
        await probe.ExpectAsync<Signal.Wanted>();
        await client.WriteAsync("hello"u8.ToArray());
        Assert.True(pair.Local.Poll(Patience, SelectMode.SelectRead));
        await probe.SettleAsync();
        Assert.False(probe.HasSignal);

        await probe.PullAsync();
        Assert.Equal("hello"u8.ToArray(), (await probe.ExpectAsync<Signal.Received>()).Bytes);
        await probe.PullAsync();
        await probe.SettleAsync();
        Assert.Equal(0, Pool.Outstanding);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(65_536)]
    public async Task Bytes_pass_both_ways_at_once(int readSize)
    {
        Options = Options with { ReadSize = readSize };
        var (probe, _, client) = await ConnectTlsAsync();
        await probe.ExpectAsync<Signal.Wanted>();
        var (sent, replied) = (RandomBytes(readSize * 50), RandomBytes(2_000_000, seed: 2));
        var receiving = ReadAsync(client, replied.Length);
        var sending = client.WriteAsync(sent).AsTask();
        var buffer = Borrowing(replied[..1_500_000]);
        buffer.Write(replied.AsSpan(1_500_000));
        await probe.PushAsync(buffer);

        Assert.Equal(sent, await probe.ReceiveAsync(sent.Length));
        Assert.Equal(replied, await receiving);
        await sending;
    }

    [Fact]
    public async Task What_is_pending_is_sent_then_the_end_of_the_stream_is_told()
    {
        var (probe, pair, client) = await ConnectTlsAsync();
        await probe.ExpectAsync<Signal.Wanted>();
        var bytes = RandomBytes(MoreThanTheKernelHolds);
        await probe.PushAsync(Borrowing(bytes));
        await probe.FinishAsync();

        Assert.Equal(bytes, await ReadAsync(client, bytes.Length));
        Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        await client.ShutdownAsync();
        pair.Peer.Dispose();
        await probe.PullAsync();
        await probe.ExpectAsync<Signal.Ended>();
        await ExpectClosedAsync(pair, outstanding: null);
    }

    [Fact]
    public async Task The_end_of_the_peer_s_stream_is_heard()
    {
        var (probe, pair, client) = await ConnectTlsAsync();
        await probe.ExpectAsync<Signal.Wanted>();
        await client.WriteAsync("bye"u8.ToArray());
        await client.ShutdownAsync();
        pair.Peer.Shutdown(SocketShutdown.Send);

        Assert.Equal("bye"u8.ToArray(), await probe.ReceiveAsync());
        await probe.FinishAsync();
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_record_that_was_tampered_with_loses_the_connection()
    {
        var (probe, pair, _) = await ConnectTlsAsync();
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.PullAsync();
        pair.Peer.Send([0x17, 3, 3, 0, 32, .. new byte[32]]);

        Assert.IsType<SocketClosedException>((await probe.ExpectAsync<Signal.Failed>()).Cause);
        await ExpectClosedAsync(pair);
    }

    private static async Task<byte[]> ReadAsync(SslStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Patience);
        return bytes;
    }

    private async Task<(SocketProbe Probe, SocketPair Pair, SslStream Client)> ConnectTlsAsync()
    {
        var pair = Pair();
        var client = new SslStream(new NetworkStream(pair.Peer), leaveInnerStreamOpen: false, (_, shown, _, _) => Certificate.Equals(shown));
        var server = new SslStream(new NetworkStream(pair.Local));
        await Task.WhenAll(
            client.AuthenticateAsClientAsync("localhost"),
            server.AuthenticateAsServerAsync(Certificate)).WaitAsync(Patience);
        var stage = new SocketStage(pair.Local, Options, server);
        return (Flow.FromGraph(stage).JoinMaterialized(Flow.FromGraph(new SocketProbe()), Keep.Right).Run(Materializer), pair, client);
    }
}

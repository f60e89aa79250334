using System.Net.Sockets;
using ActorBroker.Connections.Sockets;
using Xunit;
using static ActorBroker.Connections.Tests.Sockets.SocketProbe;

namespace ActorBroker.Connections.Tests.Sockets;

public class SocketCloseTests : SocketStageSpec
{
    [Fact]
    public async Task What_is_pending_is_sent_before_the_sending_side_is_closed()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        var bytes = RandomBytes(MoreThanTheKernelHolds);
        await probe.PushAsync(Borrowing(bytes));
        await probe.FinishAsync();

        Assert.Equal(bytes, await pair.ReceiveToEndAsync());
        pair.Peer.Dispose();
        await probe.PullAsync();
        await probe.ExpectAsync<Signal.Ended>();
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task The_last_words_arrive_although_the_peer_still_sends_what_nobody_reads()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        var sending = pair.Peer.SendAsync(RandomBytes(MoreThanTheKernelHolds).AsMemory()).AsTask();
        await probe.PushAsync(Outgoing("bye"u8));
        await probe.FinishAsync();
        await probe.CancelAsync();

        await sending.WaitAsync(Patience);
        Assert.Equal("bye"u8.ToArray(), await pair.ReceiveToEndAsync());
        pair.Peer.Dispose();
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task After_this_side_has_finished_the_peer_is_still_heard_until_it_closes()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.FinishAsync();
        Assert.Empty(await pair.ReceiveToEndAsync());
        pair.Peer.Send("close-ok"u8);
        pair.Peer.Shutdown(SocketShutdown.Both);

        Assert.Equal("close-ok"u8.ToArray(), await probe.ReceiveAsync());
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_peer_that_does_not_close_is_closed_after_the_time_out()
    {
        Options = Options with { CloseTimeout = TimeSpan.FromMilliseconds(50) };
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.FinishAsync();
        await probe.PullAsync();

        await probe.ExpectAsync<Signal.Ended>();
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_peer_that_never_reads_what_is_pending_is_closed_after_the_time_out()
    {
        Options = Options with { CloseTimeout = TimeSpan.FromMilliseconds(50) };
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.PushAsync(Borrowing(RandomBytes(MoreThanTheKernelHolds)));
        await probe.FinishAsync();

        await probe.ExpectAsync<Signal.Ended>();
        await ExpectClosedAsync(pair, outstanding: 1);
    }

    [Fact]
    public async Task All_that_the_peer_sent_before_closing_is_received_and_answers_still_reach_it()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        var bytes = RandomBytes(100_000);
        await pair.Peer.SendAsync(bytes.AsMemory()).AsTask().WaitAsync(Patience);
        pair.Peer.Shutdown(SocketShutdown.Send);
        Assert.Equal(bytes, await probe.ReceiveAsync());

        await probe.PushAsync(Outgoing("answer"u8));
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.FinishAsync();
        Assert.Equal("answer"u8.ToArray(), await pair.ReceiveToEndAsync());
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_write_under_way_when_the_peer_ends_its_side_is_completed()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        var bytes = RandomBytes(MoreThanTheKernelHolds);
        await probe.PushAsync(Borrowing(bytes));
        await probe.FinishAsync();
        pair.Peer.Shutdown(SocketShutdown.Send);
        await probe.PullAsync();
        await probe.ExpectAsync<Signal.Ended>();

        Assert.Equal(bytes, await pair.ReceiveToEndAsync());
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_reset_by_the_peer_fails_both_sides_with_the_socket_error()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.PullAsync();
        await probe.SettleAsync();
        pair.ResetByPeer();

        var failed = Assert.IsType<SocketClosedException>((await probe.ExpectAsync<Signal.Failed>()).Cause);
        Assert.Equal(SocketError.ConnectionReset, failed.Error);
        Assert.Same(failed, (await probe.ExpectAsync<Signal.Cancelled>()).Cause);
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_reset_during_a_write_still_hands_out_what_had_arrived()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        pair.Peer.Send("published"u8);
        await probe.PushAsync(Borrowing(RandomBytes(MoreThanTheKernelHolds)));
        await probe.SettleAsync();
        pair.ResetByPeer();

        Assert.IsType<SocketClosedException>((await probe.ExpectAsync<Signal.Cancelled>()).Cause);
        await probe.PullAsync();
        Assert.Equal("published"u8.ToArray(), (await probe.ExpectAsync<Signal.Received>()).Bytes);
        await probe.PullAsync();
        Assert.IsNotType<Signal.Received>(await probe.NextAsync());
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_reset_during_the_last_write_closes_the_socket_before_the_time_out()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.PushAsync(Borrowing(RandomBytes(MoreThanTheKernelHolds)));
        await probe.FinishAsync();
        await probe.CancelAsync();
        pair.ResetByPeer();

        // The receiving side may learn of it first; then the pending write is not given back to the pool.
        await ExpectClosedAsync(pair, outstanding: null);
    }

    [Fact]
    public async Task A_receiver_that_cancels_with_a_full_buffer_does_not_stop_the_sending()
    {
        Options = Options with { ReadSize = 16, MaximumReadCapacity = 16 };
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        probe.Take = incoming => incoming.Unconsumed.ToArray();
        pair.Peer.Send(RandomBytes(100));
        await probe.PullAsync();
        Assert.Equal(16, (await probe.ExpectAsync<Signal.Received>()).Bytes.Length);
        await probe.CancelAsync();

        await probe.PushAsync(Outgoing("refused"u8));
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.FinishAsync();
        Assert.Equal("refused"u8.ToArray(), await pair.ReceiveToEndAsync());
        pair.Peer.Dispose();
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_failure_of_the_connection_stage_closes_the_socket()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.FailAsync(new InvalidOperationException("defect"));

        Assert.Empty(await pair.ReceiveToEndAsync());
        Assert.IsType<InvalidOperationException>((await probe.ExpectAsync<Signal.Failed>()).Cause);
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task Stopping_amid_a_write_closes_the_socket_and_keeps_its_buffer_out_of_the_pool()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        pair.Peer.Send("partial frame"u8);
        probe.Take = _ => [];
        await probe.PullAsync();
        await probe.ExpectAsync<Signal.Received>();
        await probe.PullAsync();
        await probe.PushAsync(Borrowing(RandomBytes(MoreThanTheKernelHolds)));
        await probe.SettleAsync();
        Assert.Equal(2, Pool.Outstanding);

        Materializer.Shutdown();
        await ExpectClosedAsync(pair, outstanding: 1);
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using ActorBroker.Connections.Sockets;
using Xunit;
using static ActorBroker.Connections.Tests.Sockets.SocketProbe;

namespace ActorBroker.Connections.Tests.Sockets;

public class SocketTransferTests : SocketStageSpec
{
    [Fact]
    public async Task Nothing_is_received_without_demand_and_an_idle_connection_holds_no_buffer()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        pair.Peer.Send("hello"u8);
        Assert.True(pair.Local.Poll(Patience, SelectMode.SelectRead));
        await probe.SettleAsync();
        Assert.Equal(5, pair.Local.Available);
        Assert.Equal(0, Pool.Outstanding);

        await probe.PullAsync();
        Assert.Equal("hello"u8.ToArray(), (await probe.ExpectAsync<Signal.Received>()).Bytes);
        await probe.PullAsync();
        await probe.SettleAsync();
        Assert.Equal(0, Pool.Outstanding);
    }

    [Fact]
    public async Task A_partial_frame_is_completed_by_the_next_receive_under_every_split()
    {
        Options = Options with { ReadSize = 16, MaximumReadCapacity = 64 };
        byte[][] frames = [RandomBytes(3), RandomBytes(0), RandomBytes(40), RandomBytes(1), RandomBytes(9)];
        var wire = Framed(frames);
        for (var split = 1; split < wire.Length; split++)
        {
            var (probe, pair) = Connect();
            var decoded = new List<byte[]>();
            var seen = 0;
            probe.Take = incoming =>
            {
                var before = incoming.Count;
                TakeFrames(incoming, decoded);
                seen = decoded.Sum(frame => frame.Length + 1) + incoming.Count;
                return [.. BitConverter.GetBytes(before)];
            };

            await probe.ExpectAsync<Signal.Wanted>();
            pair.Peer.Send(wire.AsSpan(0, split));
            await PullUntilAsync(probe, () => seen == split);
            pair.Peer.Send(wire.AsSpan(split));
            await PullUntilAsync(probe, () => seen == wire.Length);

            Assert.Equal(frames, decoded);
            await probe.FinishAsync();
            pair.Peer.Dispose();
            await probe.PullAsync();
            await ExpectClosedAsync(pair);
        }

        Assert.Equal(0, Pool.Outstanding);
        Assert.InRange(Pool.Largest, 41, 64);
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(2, 1000)]
    [InlineData(3, 65536)]
    public async Task Random_chunks_pass_both_ways_at_once_byte_for_byte(int seed, int readSize)
    {
        Options = Options with { ReadSize = readSize };
        var (probe, pair) = Connect();
        var random = new Random(seed);
        var sent = RandomBytes(readSize * 100, seed);
        var replied = RandomBytes(2_000_000, seed + 100);
        using var got = new MemoryStream();
        // Consumes an arbitrary part of what is there; the rest must come again.
        probe.Take = incoming =>
        {
            var some = incoming.Count > readSize / 2 ? incoming.Count : random.Next(incoming.Count + 1);
            got.Write(incoming.Unconsumed[..some]);
            incoming.Consume(some);
            return [];
        };

        var peerReceives = pair.ReceiveToEndAsync();
        var peerSends = Task.Run(() =>
        {
            var sizes = new Random(seed + 200);
            for (var at = 0; at < sent.Length;)
                at += pair.Peer.Send(sent.AsSpan(at, Math.Min(sizes.Next(1, 3 * readSize), sent.Length - at)));
        });

        var next = 0;
        await probe.PullAsync();
        while (got.Length < sent.Length || next <= replied.Length)
        {
            switch (await probe.NextAsync())
            {
                case Signal.Received when got.Length < sent.Length:
                    if (got.Length + readSize / 2 >= sent.Length)
                        probe.Take = incoming => TakeInto(got, incoming);
                    await probe.PullAsync();
                    break;
                case Signal.Wanted when next < replied.Length:
                    var size = Math.Min(random.Next(1, 200_000), replied.Length - next);
                    await probe.PushAsync(Outgoing(replied.AsSpan(next, size)));
                    next += size;
                    break;
                case Signal.Wanted:
                    await probe.FinishAsync();
                    next++;
                    break;
            }
        }

        await peerSends;
        Assert.Equal(sent, got.ToArray());
        Assert.Equal(replied, await peerReceives);
        await probe.CancelAsync();
        pair.Peer.Dispose();
        await ExpectClosedAsync(pair);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_stops_the_demand_for_more()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        var bytes = RandomBytes(MoreThanTheKernelHolds);
        await probe.PushAsync(Borrowing(bytes));
        await probe.SettleAsync();
        Assert.False(probe.HasSignal);
        Assert.Equal(1, Pool.Outstanding);

        Assert.Equal(bytes, await pair.ReceiveAsync(bytes.Length));
        await probe.ExpectAsync<Signal.Wanted>();
        Assert.Equal(0, Pool.Outstanding);
    }

    [Fact]
    public async Task A_stage_that_is_not_pulled_makes_the_peer_wait()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        var bytes = RandomBytes(MoreThanTheKernelHolds);
        var sending = pair.Peer.SendAsync(bytes.AsMemory()).AsTask();
        await probe.SettleAsync();
        Assert.False(sending.IsCompleted);

        Assert.Equal(bytes, await probe.ReceiveAsync(bytes.Length));
        await sending.WaitAsync(Patience);
    }

    [Fact]
    public async Task Gathered_segments_arrive_in_order_even_when_sent_in_part()
    {
        var (probe, pair) = Connect();
        var buffer = OutgoingBuffer.Rent(64, Pool);
        var expected = new List<byte>();
        for (var i = 0; i < 300; i++)
        {
            var head = RandomBytes(i % 50, i);
            var body = RandomBytes(OutgoingBuffer.ShortestBorrowed + i * 100, i);
            buffer.Write(head);
            buffer.AppendBorrowed(body);
            expected.AddRange(head);
            expected.AddRange(body);
        }

        var large = RandomBytes(MoreThanTheKernelHolds);
        buffer.AppendBorrowed(large);
        buffer.Write("end"u8);

        await probe.ExpectAsync<Signal.Wanted>();
        await probe.PushAsync(buffer);
        expected.AddRange(large);
        expected.AddRange("end"u8);
        Assert.Equal(expected.ToArray(), await pair.ReceiveAsync(expected.Count));
        await probe.ExpectAsync<Signal.Wanted>();
        Assert.Equal(0, Pool.Outstanding);
    }

    [Fact]
    public async Task An_empty_write_is_done_at_once()
    {
        var (probe, pair) = Connect();
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.PushAsync(Outgoing());
        await probe.ExpectAsync<Signal.Wanted>();
        await probe.PushAsync(Outgoing(7));

        Assert.Equal(7, Assert.Single(await pair.ReceiveAsync(1)));
    }

    private static byte[] Framed(byte[][] frames) => [.. frames.SelectMany(frame => frame.Prepend((byte)frame.Length))];

    private static void TakeFrames(IncomingBuffer incoming, List<byte[]> decoded)
    {
        while (incoming.Count > 0)
        {
            var length = incoming.Unconsumed[0];
            if (incoming.Count < length + 1)
            {
                incoming.RequestCapacity(length + 1);
                return;
            }

            decoded.Add(incoming.Unconsumed.Slice(1, length).ToArray());
            incoming.Consume(length + 1);
        }
    }

    private static byte[] TakeInto(MemoryStream target, IncomingBuffer incoming)
    {
        target.Write(incoming.Unconsumed);
        incoming.Consume(incoming.Count);
        return [];
    }

    private static async Task PullUntilAsync(SocketProbe probe, Func<bool> done)
    {
        while (!done())
        {
            await probe.PullAsync();
            await probe.ExpectAsync<Signal.Received>();
        }
    }
}

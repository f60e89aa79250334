using ActorBroker.Connections.Sockets;
using Xunit;

namespace ActorBroker.Connections.Tests.Sockets;

public class IncomingBufferTests
{
    private readonly CountingPool _pool = new();

    [Fact]
    public void An_empty_buffer_holds_no_array()
    {
        var buffer = new IncomingBuffer(_pool, 1024, 4096);
        Assert.False(buffer.IsHeld);

        Receive(buffer, 10);
        buffer.Consume(10);
        buffer.Idle();

        Assert.False(buffer.IsHeld);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void What_is_left_unconsumed_stands_before_what_is_received_next()
    {
        var buffer = new IncomingBuffer(_pool, 1024, 4096);
        Receive(buffer, 100);
        buffer.Consume(60);
        Receive(buffer, 50, from: 100);

        Assert.Equal(Sequence(60, 90), buffer.Unconsumed.ToArray());
        Assert.Equal(1, _pool.Outstanding);
    }

    [Fact]
    public void A_small_tail_moves_to_a_small_array_while_the_connection_is_idle()
    {
        var buffer = new IncomingBuffer(_pool, 1024, 4096);
        Receive(buffer, 100);
        buffer.Consume(93);
        buffer.Idle();

        Assert.Equal(7, buffer.Array.Length);
        Receive(buffer, 20, from: 100);
        Assert.Equal(Sequence(93, 27), buffer.Unconsumed.ToArray());
        Assert.Equal(1, _pool.Outstanding);
    }

    [Fact]
    public void A_tail_that_fills_the_array_makes_it_grow_up_to_the_maximum_and_no_further()
    {
        var buffer = new IncomingBuffer(_pool, 1024, 4096);
        var received = 0;
        while (received < 4096)
        {
            var room = buffer.MakeRoom();
            Assert.InRange(room.Length, 1, 4096 - received);
            Sequence(received, room.Length).CopyTo(room);
            buffer.Commit(room.Length);
            received += room.Length;
        }

        Assert.Equal(Sequence(0, 4096), buffer.Unconsumed.ToArray());
        Assert.Throws<InvalidOperationException>(() => buffer.MakeRoom());
        Assert.Equal(4096, _pool.Largest);
        Assert.Equal(1, _pool.Outstanding);
    }

    [Fact]
    public void A_requested_capacity_fits_the_whole_frame_at_once()
    {
        var buffer = new IncomingBuffer(_pool, 1024, 4096);
        Receive(buffer, 1000);
        buffer.Consume(900);
        buffer.RequestCapacity(3000);

        Assert.Equal(2900, buffer.MakeRoom().Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.RequestCapacity(4097));
    }

    [Fact]
    public void More_than_is_there_cannot_be_consumed()
    {
        var buffer = new IncomingBuffer(_pool, 1024, 4096);
        Receive(buffer, 10);

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Consume(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Consume(-1));
        Assert.Equal(10, buffer.Count);
    }

    private static void Receive(IncomingBuffer buffer, int count, int from = 0)
    {
        Sequence(from, count).CopyTo(buffer.MakeRoom());
        buffer.Commit(count);
    }

    private static byte[] Sequence(int from, int count) => [.. Enumerable.Range(from, count).Select(i => (byte)i)];
}

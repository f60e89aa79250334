using System.Buffers;
using ActorBroker.Connections.Sockets;
using CsCheck;
using Xunit;

namespace ActorBroker.Connections.Tests.Sockets;

public class OutgoingBufferTests
{
    private static readonly Gen<(byte[] Bytes, bool Borrowed)[]> Parts =
        Gen.Select(Gen.Byte.Array[0, 9000], Gen.Bool).Array[0, 20];

    [Fact]
    public void Written_and_borrowed_bytes_come_out_in_the_order_they_went_in() =>
        Parts.Sample(parts =>
        {
            var pool = new CountingPool();
            var buffer = OutgoingBuffer.Rent(16, pool);
            foreach (var (bytes, borrowed) in parts)
            {
                if (borrowed)
                    buffer.AppendBorrowed(bytes);
                else
                    buffer.Write(bytes);
            }

            Assert.Equal(parts.SelectMany(part => part.Bytes), Content(buffer));
            Assert.Equal(parts.Sum(part => part.Bytes.Length), buffer.WrittenCount);
            buffer.Dispose();
            Assert.Equal(0, pool.Outstanding);
        });

    [Fact]
    public void A_long_borrowed_body_is_not_copied_and_a_short_one_is()
    {
        var body = new byte[OutgoingBuffer.ShortestBorrowed];
        using var buffer = OutgoingBuffer.Rent(100);
        buffer.Write("ab"u8);
        buffer.AppendBorrowed(body);
        buffer.AppendBorrowed(body.AsMemory(1));

        Assert.Equal(3, buffer.SegmentCount);
        Assert.Same(body, buffer.Segment(1).Array);
        Assert.NotSame(body, buffer.Segment(2).Array);
    }

    [Fact]
    public void Growing_leaves_what_was_written_where_it_is()
    {
        using var buffer = OutgoingBuffer.Rent(300);
        buffer.Write(new byte[300]);
        var first = buffer.Segment(0).Array;
        Assert.True(buffer.GetSpan(5000).Length >= 5000);
        buffer.Advance(5000);

        Assert.Same(first, buffer.Segment(0).Array);
        Assert.Equal(5300, buffer.WrittenCount);
    }

    [Fact]
    public void Disposing_twice_returns_the_memory_once_and_ends_writing()
    {
        var pool = new CountingPool();
        var buffer = OutgoingBuffer.Rent(10, pool);
        buffer.Write(new byte[1000]);
        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(0, pool.Outstanding);
        Assert.Throws<ObjectDisposedException>(() => buffer.GetSpan(1).Length);
    }

    private static byte[] Content(OutgoingBuffer buffer) =>
        [.. Enumerable.Range(0, buffer.SegmentCount).SelectMany(i => buffer.Segment(i))];
}

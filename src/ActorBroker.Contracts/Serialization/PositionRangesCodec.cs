using ActorBroker.Core.Messages;

namespace ActorBroker.Contracts.Serialization;

/// <summary>
/// The written form of ascending ranges of positions: <c>count:varint { gap:zigzag count:varint }</c>, the gap from the
/// end of the range before, 0 at first.
/// </summary>
internal static class PositionRangesCodec
{
    public static int GetSize(PositionRange[] ranges)
    {
        var size = Varint.SizeOf((ulong)ranges.Length);
        var end = 0L;
        foreach (var range in ranges)
        {
            var rangeSize = Varint.SizeOf(Varint.Zigzag(range.First - end)) + Varint.SizeOf((ulong)range.Count);
            size = checked(size + rangeSize);
            end = range.End;
        }

        return size;
    }

    /// <summary>Writes the ranges and moves the span behind them.</summary>
    public static void Write(PositionRange[] ranges, ref Span<byte> destination)
    {
        Varint.Write(ref destination, (ulong)ranges.Length);
        var end = 0L;
        foreach (var range in ranges)
        {
            Varint.Write(ref destination, Varint.Zigzag(range.First - end));
            Varint.Write(ref destination, (ulong)range.Count);
            end = range.End;
        }
    }

    /// <summary>Reads ranges and moves the span behind them; false when they do not end within it.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out PositionRange[] ranges)
    {
        ranges = [];

        // A range takes two bytes at least: a count beyond that is a lie, and nothing is allocated for it.
        if (!Varint.TryRead(ref source, out var count) || count > (ulong)source.Length / 2)
        {
            return false;
        }

        ranges = new PositionRange[count];
        var end = 0L;
        for (var i = 0; i < ranges.Length; i++)
        {
            if (!Varint.TryRead(ref source, out var gap) || !Varint.TryRead(ref source, out var length))
            {
                return false;
            }

            ranges[i] = new PositionRange(unchecked(end + Varint.Unzigzag(gap)), (long)length);
            end = ranges[i].End;
        }

        return true;
    }
}

using ActorBroker.Core.Messages;

namespace ActorBroker.Core.Queues.Lanes;

/// <summary>
/// The lane of each live position by the lane's number, 0 for any that was not set. Kept in pages of consecutive
/// positions, so that each operation costs the same however the lanes lie, and a position four bytes.
/// </summary>
internal sealed class LaneMap
{
    private const int PageBits = 7;
    private const int PageSize = 1 << PageBits;

    private readonly Dictionary<long, Page> _pages = [];
    private (long Number, Page Page) _last = (-1, new Page());

    private sealed class Page
    {
        public int[] Lanes { get; } = new int[PageSize];

        public int Used { get; set; }
    }

    /// <summary>The lane of the first position of a range, and how many from there on have the same.</summary>
    public int LaneAt(PositionRange range, out long count)
    {
        var offset = (int)(range.First & (PageSize - 1));
        var most = (int)Math.Min(range.Count, PageSize - offset);
        if (PageOf(range.First) is not { } page)
        {
            count = most;
            return 0;
        }

        var lane = page.Lanes[offset];
        var differs = page.Lanes.AsSpan(offset, most).IndexOfAnyExcept(lane);
        count = differs < 0 ? most : differs;
        return lane;
    }

    /// <summary>Gives positions that have no lane one.</summary>
    public void Set(PositionRange range, int lane)
    {
        for (var first = range.First; first < range.End;)
        {
            var offset = (int)(first & (PageSize - 1));
            var count = (int)Math.Min(range.End - first, PageSize - offset);
            if (PageOf(first) is not { } page)
            {
                page = new Page();
                _pages.Add(first >> PageBits, page);
            }

            page.Lanes.AsSpan(offset, count).Fill(lane);
            page.Used += count;
            first += count;
        }
    }

    /// <summary>Takes positions that all have a lane out of it.</summary>
    public void Clear(PositionRange range)
    {
        for (var first = range.First; first < range.End;)
        {
            var offset = (int)(first & (PageSize - 1));
            var count = (int)Math.Min(range.End - first, PageSize - offset);
            var page = PageOf(first)!;
            page.Lanes.AsSpan(offset, count).Clear();
            page.Used -= count;
            if (page.Used == 0)
            {
                _pages.Remove(first >> PageBits);
                _last = (-1, page);
            }

            first += count;
        }
    }

    /// <summary>All runs that have a lane, by ascending position.</summary>
    public IEnumerable<(PositionRange Run, int Lane)> Runs()
    {
        foreach (var number in _pages.Keys.Order())
        {
            var page = new PositionRange(number << PageBits, PageSize);
            for (var first = page.First; first < page.End;)
            {
                var lane = LaneAt(new PositionRange(first, page.End - first), out var count);
                if (lane != 0)
                {
                    yield return (new PositionRange(first, count), lane);
                }

                first += count;
            }
        }
    }

    private Page? PageOf(long position)
    {
        var number = position >> PageBits;
        if (_last.Number == number)
        {
            return _last.Page;
        }

        if (!_pages.TryGetValue(number, out var page))
        {
            return null;
        }

        _last = (number, page);
        return page;
    }
}

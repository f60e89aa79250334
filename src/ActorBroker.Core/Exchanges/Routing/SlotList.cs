namespace ActorBroker.Core.Exchanges.Routing;

/// <summary>
/// Distinct items that any number of threads iterate while one writer adds and removes, each in constant time on
/// average and without copying the list.
/// </summary>
/// <remarks>
/// Why readers are safe: an item is a reference, written whole. An added item goes behind the published count, which
/// is raised (release) only after the item is in place; a removed one is replaced by null and its slot is not used
/// again; growing and compacting build a new array and publish it in one write. So a reader that took the array and
/// then its count sees each item that was there all the time exactly once, and an item under change once or not at all.
/// </remarks>
internal sealed class SlotList<T>
    where T : class
{
    // Up to here the writer looks items up by a scan: nearly all lists are this short.
    private const int ScanMax = 8;

    private volatile Slots _slots = new(1);
    private Dictionary<T, int>? _index;
    private int _live;

    /// <summary>Items in the list; for the writer only.</summary>
    public int Count => _live;

    /// <summary>The slots as of now; those that are null are free.</summary>
    public ReadOnlySpan<T?> Read()
    {
        var slots = _slots;
        return slots.Items.AsSpan(0, Volatile.Read(ref slots.Used));
    }

    /// <summary>Adds an item; false when an equal one is there.</summary>
    public bool Add(T item)
    {
        if (Find(item) >= 0)
            return false;
        if (_slots.Used == _slots.Items.Length)
            Rebuild();
        var slots = _slots;
        var slot = slots.Used;
        slots.Items[slot] = item;
        Volatile.Write(ref slots.Used, slot + 1);
        _live++;
        if (_index is not null)
            _index.Add(item, slot);
        else if (_live > ScanMax)
            BuildIndex();
        return true;
    }

    /// <summary>Removes the item that equals this one; false when there is none.</summary>
    public bool Remove(T item)
    {
        var slot = Find(item);
        if (slot < 0)
            return false;
        Volatile.Write(ref _slots.Items[slot], null);
        _index?.Remove(item);
        _live--;
        if (_slots.Used > ScanMax && _live < _slots.Used / 4)
            Rebuild();
        return true;
    }

    private int Find(T item)
    {
        if (_index is not null)
            return _index.TryGetValue(item, out var slot) ? slot : -1;
        var slots = Read();
        for (var i = 0; i < slots.Length; i++)
        {
            if (item.Equals(slots[i]))
                return i;
        }

        return -1;
    }

    /// <summary>Closes the gaps and makes room for as many items again.</summary>
    private void Rebuild()
    {
        var rebuilt = new Slots(Math.Max(_live * 2, 2));
        foreach (var item in Read())
        {
            if (item is not null)
                rebuilt.Items[rebuilt.Used++] = item;
        }

        _slots = rebuilt;
        _index = null;
        if (_live > ScanMax)
            BuildIndex();
    }

    private void BuildIndex()
    {
        var slots = Read();
        _index = new Dictionary<T, int>(slots.Length);
        for (var i = 0; i < slots.Length; i++)
        {
            if (slots[i] is { } item)
                _index.Add(item, i);
        }
    }

    private sealed class Slots(int capacity)
    {
        public readonly T?[] Items = new T?[capacity];
        public int Used;
    }
}

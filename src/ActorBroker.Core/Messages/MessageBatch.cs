namespace ActorBroker.Core.Messages;

/// <summary>
/// Messages that travel, wait and are written together: records (<see cref="MessageRecord"/>) at offsets of one byte
/// array, the slab. Immutable once built, so it may be shared by queues, connections and the journal; the slab is
/// never pooled and lives as long as a batch that names it. Several batches may share a slab and each name only some
/// of its records.
/// </summary>
public sealed class MessageBatch
{
    /// <summary>
    /// Slabs of many messages are cut here: with its routes a batch is a message of 64 KiB between nodes, and below the
    /// 85,000 bytes from which the runtime would put it on the large object heap. A larger message has a slab of its own.
    /// </summary>
    public const int SlabSizeTarget = 64_000;

    /// <summary>Most routes in a batch: a record names its route by 16 bits.</summary>
    public const int RoutesMax = ushort.MaxValue;

    private readonly byte[] _slab;
    private readonly int[] _offsets;
    private readonly MessageRoute[] _routes;

    // Reading them again gives the same: threads that share the batch need no lock.
    private volatile int _anyFlags;

    /// <summary>Takes ownership of all three arrays, none of which may change afterwards.</summary>
    public MessageBatch(byte[] slab, int[] offsets, MessageRoute[] routes)
        : this(slab, offsets, routes, SizeOf(slab, offsets))
    {
    }

    /// <summary>
    /// As the other, for a caller that knows the sum of the records' sizes already, and maybe the flags that any of them
    /// has (or more).
    /// </summary>
    public MessageBatch(byte[] slab, int[] offsets, MessageRoute[] routes, int sizeBytes, MessageFlags? anyFlags = null)
    {
        _anyFlags = anyFlags is { } flags ? (int)flags : -1;
        _slab = slab;
        _offsets = offsets;
        _routes = routes;
        SizeBytes = sizeBytes;
    }

    /// <summary>No messages.</summary>
    public static MessageBatch Empty { get; } = new([], [], [], 0);

    /// <summary>Number of messages.</summary>
    public int Count => _offsets.Length;

    /// <summary>Sum of the records' sizes in bytes: what this batch is accounted for in every window and limit.</summary>
    public int SizeBytes { get; }

    /// <summary>Flags that no message has are not among them; the others some message may have.</summary>
    public MessageFlags AnyFlags
    {
        get
        {
            if (_anyFlags < 0)
            {
                var flags = 0;
                foreach (var offset in _offsets)
                {
                    flags |= _slab[offset + MessageRecord.FlagsOffset];
                }

                _anyFlags = flags;
            }

            return (MessageFlags)_anyFlags;
        }
    }

    /// <summary>The routes that records name by index.</summary>
    public ReadOnlySpan<MessageRoute> Routes => _routes;

    /// <summary>The message at an index from 0 to <see cref="Count"/> - 1.</summary>
    public MessageView this[int index] => new(_slab.AsSpan(_offsets[index]));

    /// <summary>Where the message was published to.</summary>
    public MessageRoute RouteOf(int index) => _routes[this[index].RouteIndex];

    /// <summary>The array and place of a message's body, for a send that does not copy it.</summary>
    public ReadOnlyMemory<byte> BodyOf(int index)
    {
        var view = this[index];
        return _slab.AsMemory(_offsets[index] + MessageRecord.HeaderSize + view.PropertiesLength, view.BodyLength);
    }

    /// <summary>The bytes of one whole record.</summary>
    public ReadOnlySpan<byte> RecordOf(int index) => _slab.AsSpan(_offsets[index], this[index].RecordLength);

    /// <summary>
    /// The bytes of as many whole records as follow each other in the slab, from <paramref name="start"/> on and at
    /// most up to <paramref name="end"/>; moves <paramref name="start"/> behind them.
    /// </summary>
    internal ReadOnlySpan<byte> RunFrom(ref int start, int end)
    {
        var first = _offsets[start];
        var next = first;
        do
        {
            next += new MessageView(_slab.AsSpan(next)).RecordLength;
            start++;
        }
        while (start < end && _offsets[start] == next);

        return _slab.AsSpan(first, next - first);
    }

    /// <summary>How many of the messages outlive a restart in a durable queue.</summary>
    public int CountPersistent()
    {
        var count = 0;
        foreach (var offset in _offsets)
        {
            count += _slab[offset + MessageRecord.FlagsOffset] & (int)MessageFlags.Persistent;
        }

        return count;
    }

    /// <summary>Some of the messages, by ascending index, in the same slab.</summary>
    public MessageBatch Pick(ReadOnlySpan<int> indexes)
    {
        var offsets = new int[indexes.Length];
        var size = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = _offsets[indexes[i]];
            size += this[indexes[i]].RecordLength;
        }

        return new MessageBatch(_slab, offsets, _routes, size, AnyFlags);
    }

    /// <summary>So many of the messages from an index on, in the same slab.</summary>
    public MessageBatch Slice(int start, int count)
    {
        if (count == Count)
        {
            return this;
        }

        var offsets = _offsets.AsSpan(start, count).ToArray();
        return new MessageBatch(_slab, offsets, _routes, SizeOf(_slab, offsets), AnyFlags);
    }

    /// <summary>The same messages in a slab of their own.</summary>
    public MessageBatch Compact()
    {
        var slab = GC.AllocateUninitializedArray<byte>(SizeBytes);
        var offsets = new int[Count];
        var routes = new List<MessageRoute>();
        var offset = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            var record = RecordOf(i);
            var route = _routes[new MessageView(record).RouteIndex];
            var routeIndex = routes.Count > 0 && ReferenceEquals(routes[^1], route) ? routes.Count - 1 : routes.IndexOf(route);
            if (routeIndex < 0)
            {
                routeIndex = routes.Count;
                routes.Add(route);
            }

            record.CopyTo(slab.AsSpan(offset));
            MessageRecord.SetRouteIndex(slab.AsSpan(offset), routeIndex);
            offsets[i] = offset;
            offset += record.Length;
        }

        return new MessageBatch(slab, offsets, [.. routes], SizeBytes);
    }

    private static int SizeOf(byte[] slab, int[] offsets)
    {
        var size = 0;
        foreach (var offset in offsets)
        {
            size = checked(size + new MessageView(slab.AsSpan(offset)).RecordLength);
        }

        return size;
    }
}
